import type { ExchangeObserver } from "./exchange.ts";

/** Several who follow one exchange, as one; told in their order. */
export function together(observers: readonly ExchangeObserver[]): ExchangeObserver {
  return {
    requestBody: (bytes) => observers.forEach((observer) => observer.requestBody(bytes)),
    requestGap: (count) => observers.forEach((observer) => observer.requestGap(count)),
    requestEnd: () => observers.forEach((observer) => observer.requestEnd()),
    responseHead: (head) => observers.forEach((observer) => observer.responseHead(head)),
    responseBody: (bytes) => observers.forEach((observer) => observer.responseBody(bytes)),
    responseGap: (count) => observers.forEach((observer) => observer.responseGap(count)),
    end: () => observers.forEach((observer) => observer.end()),
  };
}
