//! The desktop side of Apical.
