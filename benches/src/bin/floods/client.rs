//! HTTP/1.1 as far as senders need it here.

use std::{
    io::{self, Read, Write},
    net::SocketAddr,
};

use hookgate::testing::SignedRequest;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// A whole request, on a connection that stays open.
pub fn wire(signed: &SignedRequest) -> Vec<u8> {
    let mut bytes = head(signed, signed.body().len());
    bytes.extend_from_slice(signed.body());
    bytes
}

/// The head of a request that announces so many bytes.
pub fn head(signed: &SignedRequest, length: usize) -> Vec<u8> {
    let mut head = format!("POST {} HTTP/1.1\r\nhost: localhost\r\n", signed.target());
    for (name, value) in signed.headers() {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {length}\r\n\r\n"));
    head.into_bytes()
}

/// A connection that is made anew where it breaks.
pub struct Connection {
    address: SocketAddr,
    socket: Option<TcpStream>,
}

impl Connection {
    pub fn new(port: u16) -> Self {
        Self { address: address(port), socket: None }
    }

    /// Sends a request and reads its answer's status.
    pub async fn send(&mut self, bytes: &[u8]) -> io::Result<u16> {
        let mut socket = match self.socket.take() {
            Some(socket) => socket,
            None => {
                let socket = TcpStream::connect(self.address).await?;
                socket.set_nodelay(true)?;
                socket
            }
        };
        socket.write_all(bytes).await?;
        let (status, closes) = answer(&mut socket).await?;
        if !closes {
            self.socket = Some(socket);
        }
        Ok(status)
    }
}

/// An answer's status, and whether the server closes after it.
pub async fn answer(socket: &mut (impl AsyncRead + Unpin)) -> io::Result<(u16, bool)> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        let read = socket.read(&mut buffer).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&buffer[..read]);
        // The gate's answers have no body.
        if bytes.ends_with(b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
            let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
            let status = status.ok_or(io::ErrorKind::InvalidData)?;
            return Ok((status, head.contains("connection: close")));
        }
    }
}

/// Asks the server for something outside of the gate, and returns the body.
pub fn ask(port: u16, path: &str) -> String {
    let mut socket = std::net::TcpStream::connect(address(port)).unwrap();
    write!(socket, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}
