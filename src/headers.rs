//! The little that the core needs of a request: [`Headers`] of any framework, and a [`Head`].

/// The value of a header field that may occur once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field<'a> {
    /// The field is not there.
    Absent,
    /// The field is there, once or several times with the same value.
    One(&'a [u8]),
    /// The field is there several times with different values.
    Conflicting,
}

impl<'a> Field<'a> {
    /// Folds the values of a field into one, several equal ones counting as one.
    pub fn of(values: impl IntoIterator<Item = &'a [u8]>) -> Self {
        values.into_iter().fold(Self::Absent, Self::and)
    }

    fn and(self, value: &'a [u8]) -> Self {
        match self {
            Self::Absent => Self::One(value),
            Self::One(first) if first == value => self,
            _ => Self::Conflicting,
        }
    }

    /// This field or, under its other name, that one; different values in both conflict.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (field, Self::Absent) => field,
            (Self::One(_), Self::One(value)) => self.and(value),
            (Self::Absent, field) => field,
            _ => Self::Conflicting,
        }
    }
}

/// Header fields of a request, whatever the framework calls them.
///
/// Implemented for `http` 1.x's `HeaderMap` (feature `tower`), for actix-web's (feature `actix`), and for
/// slices of name and value pairs.
pub trait Headers: Sync {
    /// The field of this name, compared without regard to ASCII case. `name` is lower-case.
    fn field(&self, name: &str) -> Field<'_>;

    /// Hands on every value of the field of this name, in order.
    fn each<'a>(&'a self, name: &str, sink: &mut dyn FnMut(&'a [u8]));

    /// The field of a prepared name: the same, for maps that can look it up faster.
    fn prepared(&self, name: &Name) -> Field<'_> {
        self.field(name.as_str())
    }
}

/// A lower-case header name, prepared for looking it up in many requests.
#[derive(Clone, Debug)]
pub struct Name {
    text: &'static str,
    #[cfg(feature = "tower")]
    http: Option<http::HeaderName>,
    #[cfg(feature = "actix")]
    actix: Option<actix_web::http::header::HeaderName>,
}

impl Name {
    /// The name.
    pub fn as_str(&self) -> &'static str {
        self.text
    }
}

/// The names that a scheme looks up, prepared.
#[derive(Debug, Default)]
pub(crate) struct Names(Vec<Name>);

impl Names {
    pub(crate) fn add(&mut self, text: &'static str) {
        if self.get(text).is_none() {
            self.0.push(Name {
                text,
                #[cfg(feature = "tower")]
                http: http::HeaderName::from_bytes(text.as_bytes()).ok(),
                #[cfg(feature = "actix")]
                actix: actix_web::http::header::HeaderName::from_bytes(text.as_bytes()).ok(),
            });
        }
    }

    /// The prepared form of this very text.
    fn get(&self, text: &'static str) -> Option<&Name> {
        self.0.iter().find(|name| std::ptr::eq(name.text, text))
    }

    /// The field of this name in a head.
    pub(crate) fn field<'a>(&self, head: Head<'a>, text: &'static str) -> Field<'a> {
        match self.get(text) {
            Some(name) => head.headers.prepared(name),
            None => head.field(text),
        }
    }
}

impl<N: AsRef<str> + Sync, V: AsRef<[u8]> + Sync> Headers for [(N, V)] {
    fn field(&self, name: &str) -> Field<'_> {
        Field::of(self.iter().filter(|(n, _)| n.as_ref().eq_ignore_ascii_case(name)).map(|(_, v)| v.as_ref()))
    }

    fn each<'a>(&'a self, name: &str, sink: &mut dyn FnMut(&'a [u8])) {
        let values = self.iter().filter(|(n, _)| n.as_ref().eq_ignore_ascii_case(name));
        values.for_each(|(_, value)| sink(value.as_ref()));
    }
}

impl<N: AsRef<str> + Sync, V: AsRef<[u8]> + Sync, const LEN: usize> Headers for [(N, V); LEN] {
    fn field(&self, name: &str) -> Field<'_> {
        self.as_slice().field(name)
    }

    fn each<'a>(&'a self, name: &str, sink: &mut dyn FnMut(&'a [u8])) {
        self.as_slice().each(name, sink)
    }
}

impl<N: AsRef<str> + Sync, V: AsRef<[u8]> + Sync> Headers for Vec<(N, V)> {
    fn field(&self, name: &str) -> Field<'_> {
        self.as_slice().field(name)
    }

    fn each<'a>(&'a self, name: &str, sink: &mut dyn FnMut(&'a [u8])) {
        self.as_slice().each(name, sink)
    }
}

impl<H: Headers + ?Sized> Headers for &H {
    fn field(&self, name: &str) -> Field<'_> {
        (**self).field(name)
    }

    fn each<'a>(&'a self, name: &str, sink: &mut dyn FnMut(&'a [u8])) {
        (**self).each(name, sink)
    }

    fn prepared(&self, name: &Name) -> Field<'_> {
        (**self).prepared(name)
    }
}

#[cfg(feature = "tower")]
impl Headers for http::HeaderMap {
    fn field(&self, name: &str) -> Field<'_> {
        one(self.get_all(name))
    }

    fn each<'a>(&'a self, name: &str, sink: &mut dyn FnMut(&'a [u8])) {
        self.get_all(name).iter().for_each(|value| sink(value.as_bytes()));
    }

    fn prepared(&self, name: &Name) -> Field<'_> {
        match &name.http {
            Some(name) => one(self.get_all(name)),
            None => Field::Absent,
        }
    }
}

#[cfg(feature = "tower")]
fn one(values: http::header::GetAll<'_, http::HeaderValue>) -> Field<'_> {
    let mut values = values.into_iter();
    match (values.next(), values.next()) {
        (None, _) => Field::Absent,
        (Some(one), None) => Field::One(one.as_bytes()),
        (Some(one), Some(two)) => {
            Field::of([one, two].into_iter().chain(values).map(http::HeaderValue::as_bytes))
        }
    }
}

#[cfg(feature = "actix")]
impl Headers for actix_web::http::header::HeaderMap {
    fn field(&self, name: &str) -> Field<'_> {
        Field::of(self.get_all(name).map(actix_web::http::header::HeaderValue::as_bytes))
    }

    fn each<'a>(&'a self, name: &str, sink: &mut dyn FnMut(&'a [u8])) {
        self.get_all(name).for_each(|value| sink(value.as_bytes()));
    }

    fn prepared(&self, name: &Name) -> Field<'_> {
        match &name.actix {
            Some(name) => Field::of(self.get_all(name).map(actix_web::http::header::HeaderValue::as_bytes)),
            None => Field::Absent,
        }
    }
}

/// A request without its body.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    method: &'a str,
    target: &'a str,
    headers: &'a dyn Headers,
}

impl<'a> Head<'a> {
    /// A head of this method, target (path and query as they came) and header fields.
    pub fn new(method: &'a str, target: &'a str, headers: &'a dyn Headers) -> Self {
        Self { method, target, headers }
    }

    /// The method, as it came.
    pub fn method(&self) -> &'a str {
        self.method
    }

    /// Path and query, as they came.
    pub fn target(&self) -> &'a str {
        self.target
    }

    /// The path, as it came.
    pub fn path(&self) -> &'a str {
        self.target.split_once('?').map_or(self.target, |(path, _)| path)
    }

    /// The query without its question mark, as it came.
    pub fn query(&self) -> Option<&'a str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// The header field of this lower-case name.
    pub fn field(&self, name: &str) -> Field<'a> {
        self.headers.field(name)
    }

    /// Hands on every value of the header field of this lower-case name, in order.
    pub(crate) fn each(&self, name: &str, sink: &mut dyn FnMut(&'a [u8])) {
        self.headers.each(name, sink);
    }

    /// The header field of this lower-case name, where it has one value and that is UTF-8.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        match self.field(name) {
            Field::One(value) => std::str::from_utf8(value).ok(),
            _ => None,
        }
    }
}

impl std::fmt::Debug for Head<'_> {
    /// Without the header fields: signatures and tokens are among them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Head")
            .field("method", &self.method)
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_ignore_case_and_equal_repeats_are_one() {
        let headers = [("X-Sig", "a"), ("x-sig", "a"), ("x-other", "b"), ("X-OTHER", "c")];
        assert_eq!(headers.field("x-sig"), Field::One(b"a"));
        assert_eq!(headers.field("x-other"), Field::Conflicting);
        assert_eq!(headers.field("x-none"), Field::Absent);
    }

    #[test]
    fn two_names_of_one_field_must_agree() {
        assert_eq!(Field::One(b"a").or(Field::One(b"a")), Field::One(b"a"));
        assert_eq!(Field::One(b"a").or(Field::One(b"b")), Field::Conflicting);
        assert_eq!(Field::Absent.or(Field::One(b"b")), Field::One(b"b"));
        assert_eq!(Field::Conflicting.or(Field::Absent), Field::Conflicting);
    }

    #[test]
    fn a_head_splits_its_target() {
        let headers: [(&str, &str); 0] = [];
        let head = Head::new("POST", "/hooks?a=1&b=2", &headers);
        assert_eq!((head.path(), head.query()), ("/hooks", Some("a=1&b=2")));
        assert_eq!(Head::new("POST", "/hooks", &headers).query(), None);
    }
}
