//! How witnesses are spoken to: over HTTP in `archipel-api`, in process in tests.

/// An answer over HTTP, of any status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The content type, or nothing.
    pub content_type: String,
    /// The body, of limited size.
    pub body: Vec<u8>,
}

/// No answer: nobody there, too slow, too long. The text is for the log of the process.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TransportError(pub String);

/// Sends requests. An implementation bounds the time and the size of every answer, and follows
/// no redirection.
pub trait Transport: Send + Sync {
    /// Posts a body to an address that ends with `/add-checkpoint`.
    ///
    /// # Errors
    /// [`TransportError`].
    fn add_checkpoint(&self, url: &str, body: &[u8]) -> Result<Reply, TransportError>;

    /// Fetches a checkpoint.
    ///
    /// # Errors
    /// [`TransportError`].
    fn get(&self, url: &str) -> Result<Reply, TransportError>;
}
