//! `apical experiment`.
