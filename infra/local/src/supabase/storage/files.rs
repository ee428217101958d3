//! The contents of objects: one file for each version, named by it, so that no object's name is ever part of a path on disk.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bytes::{Bytes, BytesMut};
use data_encoding::HEXLOWER;
use futures_util::stream::{Stream, try_unfold};
use md5::{Digest, Md5};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use uuid::Uuid;

const CHUNK: usize = 64 * 1024;

pub(super) struct Files {
    folder: PathBuf,
    /// The folder goes with this cloud.
    temporary: bool,
}

impl Files {
    /// In a temporary folder when none is given.
    pub(super) fn new(folder: Option<&Path>) -> Result<Self> {
        let (folder, temporary) = match folder {
            Some(folder) => (folder.to_owned(), false),
            None => (std::env::temp_dir().join(format!("storage-{}", Uuid::new_v4())), true),
        };
        let files = Self { folder, temporary };
        std::fs::create_dir_all(&files.folder).with_context(|| files.folder.display().to_string())?;
        files.forget_half_uploads()?;
        Ok(files)
    }

    /// Those that an earlier run was killed in the middle of.
    fn forget_half_uploads(&self) -> Result<()> {
        for entry in std::fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "part") {
                std::fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    pub(super) async fn begin(&self) -> Result<Upload> {
        let version = Uuid::new_v4().to_string();
        let part = self.folder.join(format!("{version}.part"));
        let file = File::create_new(&part)
            .await
            .with_context(|| part.display().to_string())?;
        Ok(Upload {
            whole: self.path(&version),
            version,
            part: Part(part),
            file,
            size: 0,
            md5: Md5::new(),
        })
    }

    pub(super) async fn open(&self, version: &str) -> Result<File> {
        let path = self.path(version);
        File::open(&path).await.with_context(|| path.display().to_string())
    }

    pub(super) async fn remove(&self, version: &str) {
        // Whoever reads it now still can; and one that is gone already is what we want.
        let _ = tokio::fs::remove_file(self.path(version)).await;
    }

    fn path(&self, version: &str) -> PathBuf {
        self.folder.join(version)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        if self.temporary {
            // What stays is a temporary folder.
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// A version that is not there yet; dropped, it leaves nothing.
pub(super) struct Upload {
    version: String,
    whole: PathBuf,
    part: Part,
    file: File,
    size: u64,
    md5: Md5,
}

/// What an upload has come to.
pub(super) struct Stored {
    pub(super) version: String,
    pub(super) size: u64,
    /// As S3 has it, with its quotes.
    pub(super) etag: String,
}

struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        // Renamed when all went well.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Upload {
    /// Bytes so far.
    pub(super) async fn write(&mut self, chunk: &[u8]) -> Result<u64> {
        self.file.write_all(chunk).await?;
        self.md5.update(chunk);
        self.size += chunk.len() as u64;
        Ok(self.size)
    }

    pub(super) async fn finish(self) -> Result<Stored> {
        let Self {
            version,
            whole,
            part,
            mut file,
            size,
            md5,
        } = self;
        file.flush().await?;
        tokio::fs::rename(&part.0, whole).await?;
        Ok(Stored {
            version,
            size,
            etag: format!("\"{}\"", HEXLOWER.encode(&md5.finalize())),
        })
    }
}

pub(super) fn chunks(file: File) -> impl Stream<Item = std::io::Result<Bytes>> {
    try_unfold(file, |mut file| async move {
        let mut chunk = BytesMut::with_capacity(CHUNK);
        let read = file.read_buf(&mut chunk).await?;
        Ok((read > 0).then(|| (chunk.freeze(), file)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_temporary_folder_goes_with_its_files() {
        let files = Files::new(None).expect("a folder");
        let folder = files.folder.clone();
        let mut upload = files.begin().await.expect("a file");
        upload.write(b"one").await.expect("written");
        upload.finish().await.expect("kept");
        assert_eq!(std::fs::read_dir(&folder).expect("a folder").count(), 1);
        drop(files);
        assert!(!folder.exists());
    }
}
