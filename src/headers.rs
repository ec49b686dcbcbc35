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

    /// The fields of several lower-case names at once: `found` has a place for each, and is
    /// [`Absent`](Field::Absent) at all of them. The same as [`field`](Self::field) of each name, for maps
    /// that can do it in one pass.
    fn fields<'a>(&'a self, names: &[&str], found: &mut [Field<'a>]) {
        names.iter().zip(found).for_each(|(name, field)| *field = self.field(name));
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

    fn fields<'a>(&'a self, names: &[&str], found: &mut [Field<'a>]) {
        (**self).fields(names, found);
    }
}

#[cfg(feature = "tower")]
impl Headers for http::HeaderMap {
    fn field(&self, name: &str) -> Field<'_> {
        Field::of(self.get_all(name).iter().map(http::HeaderValue::as_bytes))
    }

    fn each<'a>(&'a self, name: &str, sink: &mut dyn FnMut(&'a [u8])) {
        self.get_all(name).iter().for_each(|value| sink(value.as_bytes()));
    }

    fn fields<'a>(&'a self, names: &[&str], found: &mut [Field<'a>]) {
        self.iter().for_each(|(name, value)| sort_in(names, found, name.as_str(), value.as_bytes()));
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

    fn fields<'a>(&'a self, names: &[&str], found: &mut [Field<'a>]) {
        self.iter().for_each(|(name, value)| sort_in(names, found, name.as_str(), value.as_bytes()));
    }
}

/// Adds one value of a header map to the field of its name, where that is wanted.
#[cfg(any(feature = "tower", feature = "actix"))]
fn sort_in<'a>(names: &[&str], found: &mut [Field<'a>], name: &str, value: &'a [u8]) {
    if let Some((_, field)) = names.iter().zip(found).find(|(wanted, _)| **wanted == name) {
        *field = field.and(value);
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

/// So many fields are found at once. Of further ones each is looked up when it is asked for.
const MOST_FIELDS: usize = 8;

/// A head, and those of its fields that a scheme looks at, found in one pass over all of them.
pub(crate) struct Fields<'a> {
    pub(crate) head: Head<'a>,
    names: &'a [&'static str],
    found: [Field<'a>; MOST_FIELDS],
}

impl<'a> Fields<'a> {
    pub(crate) fn new(head: Head<'a>, names: &'a [&'static str]) -> Self {
        let mut found = [Field::Absent; MOST_FIELDS];
        head.headers.fields(names, &mut found);
        Self { head, names, found }
    }

    /// The field of this name.
    pub(crate) fn get(&self, name: &'static str) -> Field<'a> {
        let place = |is: &dyn Fn(&str) -> bool| self.names.iter().position(|known| is(known));
        // Mostly it is the very text that the scheme has, which its address tells.
        let place = place(&|known| std::ptr::eq(known, name)).or_else(|| place(&|known| known == name));
        place.and_then(|at| self.found.get(at)).map_or_else(|| self.head.field(name), |field| *field)
    }

    /// The field of this name or, under its other name, that one.
    pub(crate) fn either(&self, name: &'static str, or: Option<&'static str>) -> Field<'a> {
        let field = self.get(name);
        or.map_or(field, |or| field.or(self.get(or)))
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

    const PAIRS: [(&str, &str); 13] = [
        ("a", "1"),
        ("B", "1"),
        ("b", "1"),
        ("c", "1"),
        ("ca", "1"),
        ("C", "2"),
        ("c", "1"),
        ("accept", "1"),
        ("e", ""),
        ("f", "1"),
        ("g", "1"),
        ("i", "1"),
        ("I", "2"),
    ];

    /// What one pass finds is what looking each field up finds, also beyond those that are found at once.
    fn one_pass_finds_the_same(headers: &dyn Headers) {
        let names = ["a", "b", "c", "d", "e", "accept", "g", "h", "i", "f", "j"];
        let fields = Fields::new(Head::new("POST", "/", headers), &names);
        for name in names {
            assert_eq!(fields.get(name), headers.field(name), "{name}");
        }
        assert_eq!(fields.get("ca"), Field::One(b"1"), "of no name that was given");
        assert_eq!((fields.get("b"), fields.get("e")), (Field::One(b"1"), Field::One(b"")));
        assert_eq!((fields.get("c"), fields.get("i")), (Field::Conflicting, Field::Conflicting));
        assert_eq!((fields.get("d"), fields.get("j")), (Field::Absent, Field::Absent));
        assert_eq!(fields.either("d", Some("a")), Field::One(b"1"));
        assert_eq!(fields.either("a", Some("c")), Field::Conflicting);
    }

    #[test]
    fn one_pass_over_pairs() {
        one_pass_finds_the_same(&PAIRS);
    }

    #[cfg(feature = "tower")]
    #[test]
    fn one_pass_over_a_header_map() {
        let mut headers = http::HeaderMap::new();
        for (name, value) in PAIRS {
            headers
                .append(name.parse::<http::HeaderName>().expect("a name"), value.parse().expect("a value"));
        }
        one_pass_finds_the_same(&headers);
    }

    #[cfg(feature = "actix")]
    #[test]
    fn one_pass_over_the_header_map_of_actix() {
        use actix_web::http::header::{HeaderMap, HeaderName};

        let mut headers = HeaderMap::new();
        for (name, value) in PAIRS {
            headers.append(name.parse::<HeaderName>().expect("a name"), value.parse().expect("a value"));
        }
        one_pass_finds_the_same(&headers);
    }

    #[test]
    fn a_head_splits_its_target() {
        let headers: [(&str, &str); 0] = [];
        let head = Head::new("POST", "/hooks?a=1&b=2", &headers);
        assert_eq!((head.path(), head.query()), ("/hooks", Some("a=1&b=2")));
        assert_eq!(Head::new("POST", "/hooks", &headers).query(), None);
    }
}
