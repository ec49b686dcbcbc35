//! The program `hookgate`.

fn main() -> std::process::ExitCode {
    hookgate::cli::main()
}
