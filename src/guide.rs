//! The chapters: what to know beyond single items. They are the files in the repository's `docs`, and their
//! examples are compiled and run.
//!
//! | chapter | answers |
//! |---|---|
//! | [`doors`] | how do axum, actix-web and Tower compare? |
//! | [`guarantees`] | what is promised, what is answered when, and what is not promised? |
//! | [`security`] | who can do what, which setting weakens what, what is to be done before going live? |
//! | [`stores`] | which store, how large, and what do its failures mean? |
//! | [`ordering`] | which layer goes inside of the gate, and which outside? |
//! | [`defaults`] | why is a default what it is, and when is it to be changed? |
//! | [`testing`] | how are handlers tested? |
//! | [`migrating`] | how does one come here from other code, without losing or doubling events? |
//! | [`observing`] | what do logs and metrics say, and what is to be alerted on? |
//! | [`two_halves`] | what does the sender of events do? |

// Links between chapters go to files where the files are read by themselves. Of two definitions of a link
// the first counts, so these lead to the modules.
macro_rules! chapters {
    ($($name:ident = $file:literal;)*) => {
        $(
            #[doc = "[doors]: crate::guide::doors"]
            #[doc = "[guarantees]: crate::guide::guarantees"]
            #[doc = "[security]: crate::guide::security"]
            #[doc = "[stores]: crate::guide::stores"]
            #[doc = "[ordering]: crate::guide::ordering"]
            #[doc = "[defaults]: crate::guide::defaults"]
            #[doc = "[testing]: crate::guide::testing"]
            #[doc = "[migrating]: crate::guide::migrating"]
            #[doc = "[observing]: crate::guide::observing"]
            #[doc = ""]
            #[doc = include_str!(concat!("../docs/", $file))]
            pub mod $name {}
        )*
    };
}

chapters! {
    doors = "doors.md";
    guarantees = "guarantees.md";
    security = "security.md";
    stores = "stores.md";
    ordering = "ordering.md";
    defaults = "defaults.md";
    testing = "testing.md";
    migrating = "migrating.md";
    observing = "observing.md";
    two_halves = "two-halves.md";
}
