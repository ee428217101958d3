//! Expert advisors: projects, drafts, compilation, files.

mod compile;
mod projects;
mod versions;
