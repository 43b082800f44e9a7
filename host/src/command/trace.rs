//! `apical trace`.
