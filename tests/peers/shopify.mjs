// Shopify: signed by the HMAC helper of Shopify's own library, beside the library's check.
import "@shopify/shopify-api/adapters/node";
import { ApiVersion, LogSeverity, ShopifyEventsHeader, ShopifyHeader, shopifyApi } from "@shopify/shopify-api";
import { createSHA256HMAC } from "@shopify/shopify-api/runtime";
import { check } from "./receiver.mjs";

const secret = "demo-secret-for-shopify";
const { webhooks } = shopifyApi({
  apiKey: "none",
  apiSecretKey: secret,
  apiVersion: ApiVersion.July26,
  hostName: "hooks.example.com",
  isEmbeddedApp: false,
  logger: { level: LogSeverity.Error },
});

async function oracle(headers, rawBody) {
  const rawRequest = { method: "POST", url: "/shopify", headers };
  return (await webhooks.validate({ rawBody, rawRequest })).valid;
}

async function shopify(name, topic, id, event, names) {
  const body = JSON.stringify(event);
  const headers = {
    [names.Hmac]: await createSHA256HMAC(secret, body),
    [names.Topic]: topic,
    [names.Domain]: "pottery.myshopify.com",
    [names.ApiVersion]: ApiVersion.July26,
    [names.WebhookId]: id,
  };
  await check(`@shopify/shopify-api, ${name}`, "/shopify", headers, body, { oracle });
}

const order = {
  id: 1001,
  name: "#1001 ♥",
  created_at: "2026-07-01T09:30:00+02:00",
  currency: "EUR",
  total_price: "12.50",
  financial_status: "paid",
  line_items: [],
};
await shopify("order", "orders/paid", "shopify-1", order, ShopifyHeader);
await shopify("privacy", "shop/redact", "shopify-2", { shop_id: 1, shop_domain: "grüße.myshopify.com" }, ShopifyHeader);
await shopify("the Events' headers", "orders/updated", "shopify-3", order, ShopifyEventsHeader);
