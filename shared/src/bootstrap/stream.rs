//! A function behind a REST API, whose answers leave as they are written.
//!
//! Not by `lambda_http`'s own adapter: its feature for REST events, once on, makes every function of the build try to read each
//! request as one first.

use aws_lambda_events::apigw::ApiGatewayProxyRequest;
use axum::{
    Router,
    body::{Body, BodyDataStream},
    response::Response,
};
use data_encoding::BASE64;
use http::{HeaderValue, Request, header};
use lambda_http::{
    LambdaEvent, RequestExt,
    lambda_runtime::{self, MetadataPrelude, StreamResponse},
    tower::ServiceExt,
};

pub(super) async fn run(router: Router, origin: &str) -> Result<(), lambda_http::Error> {
    let origin = HeaderValue::from_str(origin)?;
    let service = lambda_runtime::service_fn(move |event: LambdaEvent<ApiGatewayProxyRequest>| {
        let (router, origin) = (router.clone(), origin.clone());
        async move {
            let LambdaEvent { payload, context } = event;
            let request = request_of(payload)?.with_lambda_context(context);
            let Ok(response) = router.oneshot(request).await;
            Ok::<_, lambda_http::Error>(stream_of(response, origin))
        }
    });
    lambda_runtime::run(service).await
}

fn request_of(event: ApiGatewayProxyRequest) -> Result<Request<Body>, lambda_http::Error> {
    let body = event.body.unwrap_or_default();
    let body = if event.is_base64_encoded {
        BASE64.decode(body.as_bytes())?
    } else {
        body.into_bytes()
    };
    let mut request = Request::builder()
        .method(event.http_method)
        .uri(event.path.unwrap_or_default())
        .body(Body::from(body))?;
    *request.headers_mut() = event.multi_value_headers;
    Ok(request)
}

fn stream_of(response: Response, origin: HeaderValue) -> StreamResponse<BodyDataStream> {
    let (mut parts, body) = response.into_parts();
    parts.headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    StreamResponse {
        metadata_prelude: MetadataPrelude {
            status_code: parts.status,
            headers: parts.headers,
            // No function sets any.
            cookies: Vec::new(),
        },
        stream: body.into_data_stream(),
    }
}
