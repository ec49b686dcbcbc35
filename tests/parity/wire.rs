//! What goes over the socket and comes back.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// One answer: its status, header fields with names in lower case, and body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Without what differs from one moment to the next.
    pub fn without_date(mut self) -> Self {
        self.headers.retain(|(name, _)| name != "date");
        self
    }
}

/// What a sender does with its connection.
#[derive(Clone, Debug)]
pub enum Part {
    Bytes(Vec<u8>),
    Pause(u64),
    /// The sender has nothing more to say, and listens.
    HalfClose,
}

pub async fn connect(address: SocketAddr) -> TcpStream {
    let socket = TcpStream::connect(address).await.expect("a connection");
    socket.set_nodelay(true).expect("an option");
    socket
}

/// Sends the parts and reads until the server closes; a server may answer before it has read all.
pub async fn exchange(address: SocketAddr, parts: &[Part]) -> Vec<Answer> {
    let (mut reading, mut writing) = connect(address).await.into_split();
    let read = tokio::spawn(async move {
        let mut answers = Vec::new();
        let mut buffer = [0; 65536];
        while let Ok(read) = reading.read(&mut buffer).await {
            if read == 0 {
                break;
            }
            answers.extend_from_slice(&buffer[..read]);
        }
        answers
    });
    for part in parts {
        match part {
            Part::Bytes(bytes) => drop(writing.write_all(bytes).await),
            Part::Pause(millis) => tokio::time::sleep(Duration::from_millis(*millis)).await,
            Part::HalfClose => drop(writing.shutdown().await),
        }
    }
    let bytes = read.await.expect("the reader");
    drop(writing);
    parse(&bytes)
}

/// Says that nothing more comes, and reads until the server closes.
pub async fn half_close(mut socket: TcpStream) -> Vec<Answer> {
    let mut answers = Vec::new();
    let _ = socket.shutdown().await;
    let _ = socket.read_to_end(&mut answers).await;
    parse(&answers)
}

/// The answers in a row.
fn parse(mut bytes: &[u8]) -> Vec<Answer> {
    let mut answers = Vec::new();
    while let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
        let head = String::from_utf8(bytes[..end].to_vec()).expect("a head is text");
        let mut lines = head.split("\r\n");
        let status =
            lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let mut answer = Answer { status: status.expect("a status"), headers, body: Vec::new() };
        bytes = &bytes[end + 4..];
        let length = answer.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let length = usize::min(length, bytes.len());
        answer.body = bytes[..length].to_vec();
        bytes = &bytes[length..];
        answers.push(answer);
    }
    answers
}
