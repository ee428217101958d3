//! The automation, with AWS played: the real programs are not asked, but what they are told is written down, and they answer
//! in AWS's own shapes.

mod database;
mod deploy;
mod documents;
mod played;
mod scale;
