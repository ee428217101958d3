//! Routes as their handlers' `#[utoipa::path]` has them: to be served, or to be described.

use axum::{Router, handler::Handler, routing::MethodRouter};
use utoipa_axum::{
    PathItemExt,
    router::{OpenApiRouter, UtoipaMethodRouter},
};

/// For what [`routes!`](crate::routes) becomes in other crates.
#[doc(hidden)]
pub use utoipa_axum as described;

/// What routes are collected for. Only a contract is described: that takes longer than all else at a function's start.
pub trait Routes<S>: Default {
    /// The handlers of one path, as [`routes!`](crate::routes) gives them.
    #[must_use]
    fn routes<D>(self, handlers: Handlers<S, D>) -> Self
    where
        D: FnOnce() -> UtoipaMethodRouter<S>;
}

impl<S: Clone + Send + Sync + 'static> Routes<S> for Router<S> {
    fn routes<D>(self, Handlers { path, served, .. }: Handlers<S, D>) -> Self {
        self.route(&path, served)
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> for OpenApiRouter<S> {
    fn routes<D>(self, handlers: Handlers<S, D>) -> Self
    where
        D: FnOnce() -> UtoipaMethodRouter<S>,
    {
        OpenApiRouter::routes(self, (handlers.described)())
    }
}

/// The handlers of one path.
pub struct Handlers<S, D> {
    path: String,
    served: MethodRouter<S>,
    described: D,
}

impl<S: Clone + Send + Sync + 'static, D> Handlers<S, D> {
    #[doc(hidden)]
    pub fn new(described: D) -> Self {
        Self {
            path: String::new(),
            served: MethodRouter::new(),
            described,
        }
    }

    /// `P` is what `#[utoipa::path]` made of the handler.
    #[doc(hidden)]
    #[must_use]
    pub fn and<P: utoipa::Path, T: 'static>(self, handler: &impl Handler<T, S>) -> Self {
        let path = P::path();
        debug_assert!(
            self.path.is_empty() || self.path == path,
            "{path} and {} are two",
            self.path
        );
        let served = P::methods().iter().fold(self.served, |served, method| {
            served.on(method.to_method_filter(), handler.clone())
        });
        Self { path, served, ..self }
    }
}

/// Handlers of one path: `routes!(list, create)`, also with the module they are in.
#[macro_export]
macro_rules! routes {
    (@add $handlers:expr, $handler:ident) => {
        $crate::routing::described::paste! { $handlers.and::<[<__path_ $handler>], _>(&$handler) }
    };
    (@add $handlers:expr, $module:ident::$handler:ident) => {
        $crate::routing::described::paste! { $handlers.and::<$module::[<__path_ $handler>], _>(&$module::$handler) }
    };
    ($($($part:ident)::+),+ $(,)?) => {{
        let handlers = $crate::routing::Handlers::new(|| $crate::routing::described::routes!($($($part)::+),+));
        $(let handlers = $crate::routes!(@add handlers, $($part)::+);)+
        handlers
    }};
}
