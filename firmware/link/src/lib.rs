//! The protocol between Apical on a board and on a desktop.
#![no_std]
#![forbid(unsafe_code)]
