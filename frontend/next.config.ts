import type { NextConfig } from "next";

const config: NextConfig = {
  output: "export",
  // CloudFront maps /positions/ to /positions/index.html of the bucket.
  trailingSlash: true,
  images: { unoptimized: true },
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
};

export default config;
