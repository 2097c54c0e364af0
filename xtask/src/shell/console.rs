//! The terminal that stdout goes to.

use crate::report::table::Form;
use terminal_size::{Width, terminal_size_of};

/// The form of a report on stdout: cut to the terminal's width, whole where there is none.
pub fn form() -> Form {
    Form::Text(terminal_size_of(std::io::stdout()).map_or(usize::MAX, |(Width(columns), _)| usize::from(columns)))
}
