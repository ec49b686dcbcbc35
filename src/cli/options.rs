//! What several commands are told alike.

use std::{
    env::{self, VarError},
    error::Error as _,
    fmt::Display,
    fs,
    io::{Write, stderr},
};

use clap::Args;

use crate::{providers, scheme::Scheme, secret::Secret};

/// Why a command cannot run: said to the user.
pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Says something to the user, if there is one: a standard error that is closed is no reason to stop.
pub(super) fn tell(text: impl Display) {
    let _ = writeln!(stderr(), "{text}");
}

/// The provider of this name, or what to do.
pub(super) fn provider(name: &str) -> Result<Scheme, Failure> {
    providers::find(name).ok_or_else(|| {
        format!("no provider is called {name:?}.{} `hookgate providers` lists them all", near(name)).into()
    })
}

/// A question that names the providers which begin like this.
fn near(name: &str) -> String {
    let start: String = name.chars().take(3).collect();
    let known = providers::ALL.iter().map(|scheme| scheme.name());
    let near: Vec<&str> = known.filter(|known| !start.is_empty() && known.starts_with(&start)).collect();
    match near.is_empty() {
        true => String::new(),
        false => format!(" Is it one of these: {}?", near.join(", ")),
    }
}

/// What was given, or else what the environment has.
pub(super) fn or_variable(given: Option<String>, name: &str) -> Result<Option<String>, Failure> {
    let given = given.map_or_else(|| variable(name), |given| Ok(Some(given)))?;
    Ok(given.filter(|given| !given.is_empty()))
}

/// What the environment has. What is no text is not repeated: it may be a secret.
fn variable(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(text) => Ok(Some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("the variable {name} is not UTF-8").into()),
    }
}

/// A URL that can be called.
pub(super) fn http_url(option: &str, given: &str) -> Result<reqwest::Url, Failure> {
    let url: reqwest::Url = given.parse().map_err(|error| match given.contains(['@', '?']) {
        true => format!("{option}: {error}"),
        false => format!("{option} {given}: {error}"),
    })?;
    match matches!(url.scheme(), "http" | "https") {
        true => Ok(url),
        false => Err(format!("{option}: write a URL that begins with http:// or https://").into()),
    }
}

/// A URL without what may be a secret: user, password and query.
pub(super) fn shown(url: &str) -> String {
    match url.parse::<reqwest::Url>() {
        Ok(mut url) if !url.cannot_be_a_base() => {
            // Neither can be set where there is no host, and then there are none.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.set_query(None);
            url.set_fragment(None);
            url.to_string()
        }
        _ => "the URL that was given".to_owned(),
    }
}

/// An error with all that is behind it, and without its URL.
pub(super) fn explained(error: reqwest::Error) -> String {
    let error = error.without_url();
    let (mut text, mut behind) = (error.to_string(), error.source());
    while let Some(error) = behind {
        text = format!("{text}: {error}");
        behind = error.source();
    }
    text
}

/// Secrets, without any of them on the command line where that is not wanted.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Secrets {
    /// The secret or key; `@PATH` reads it from a file. Better: the environment variable HOOKGATE_SECRET,
    /// or HOOKGATE_SECRET_GITHUB and so on for one provider.
    #[arg(long, value_name = "SECRET")]
    secret: Option<String>,
    /// The secret or key of one provider; `@PATH` reads it from a file.
    #[arg(long, value_name = "PROVIDER=SECRET")]
    secret_for: Vec<String>,
    /// A value that a scheme needs beyond the secret, such as an app key or a verify token.
    #[arg(long, value_name = "NAME=VALUE")]
    config: Vec<String>,
    /// Scheme, host and port under which the provider calls, for schemes that sign the URL.
    #[arg(long, value_name = "ORIGIN")]
    pub(super) public_url: Option<String>,
}

impl Secrets {
    /// Refuses what would be passed over. Repeats nothing of it: it may be the secret alone.
    pub(super) fn check(&self) -> Result<(), Failure> {
        for given in &self.secret_for {
            let (name, _) = given.split_once('=').ok_or("--secret-for: write PROVIDER=SECRET")?;
            if providers::find(name).is_none() {
                return Err(format!(
                    "--secret-for names no provider: write PROVIDER=SECRET.{} `hookgate providers` lists them all",
                    near(name)
                )
                .into());
            }
        }
        self.config().map(drop)
    }

    /// The secret of this provider: the most special that is given.
    pub(super) fn of(&self, provider: &str) -> Result<Secret, Failure> {
        let special = self.secret_for.iter().find_map(|given| {
            given.split_once('=').filter(|(name, _)| *name == provider).map(|(_, secret)| from_option(secret))
        });
        // As it is: there a secret may begin with an @.
        let variable_of = |name: &str| variable(name).transpose();
        let its_own = format!("HOOKGATE_SECRET_{}", provider.to_ascii_uppercase().replace('-', "_"));
        let text = special
            .or_else(|| variable_of(&its_own))
            .or_else(|| self.secret.as_deref().map(from_option))
            .or_else(|| variable_of("HOOKGATE_SECRET"))
            .ok_or_else(|| {
                format!("no secret for {provider}: set {its_own} or HOOKGATE_SECRET, or give --secret")
            })??;
        // Test secrets are short, and this is where they are tried.
        Ok(Secret::dangerous_short(text))
    }

    pub(super) fn config(&self) -> Result<Vec<(&'static str, String)>, Failure> {
        let pair = |given: &String| {
            // What is no name may be the value alone, whose base64 ends with a =.
            let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            let pair = given.split_once('=').filter(|(name, _)| is_name(name));
            let (name, value) = pair.ok_or("--config: write NAME=VALUE")?;
            // Names are asked for by schemes, which have them for ever.
            Ok((&*String::leak(name.to_owned()), value.to_owned()))
        };
        self.config.iter().map(pair).collect()
    }
}

/// A secret as an option has it: `@PATH` reads it from a file.
fn from_option(given: &str) -> Result<String, Failure> {
    match given.strip_prefix('@') {
        Some(path) => match fs::read_to_string(path) {
            Ok(text) => Ok(text.trim().to_owned()),
            Err(error) => Err(format!("the secret's file {path}: {error}").into()),
        },
        None => Ok(given.to_owned()),
    }
}

/// `@PATH` is the content of a file.
pub(super) fn data(given: &str) -> Result<Vec<u8>, Failure> {
    match given.strip_prefix('@') {
        Some(path) => fs::read(path).map_err(|error| format!("--data {given}: {error}").into()),
        None => Ok(given.as_bytes().to_vec()),
    }
}
