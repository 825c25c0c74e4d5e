/** The price list, with what it does not know remembered: for that it looks through all it has, at every call. */
import { calcPrice, findProvider, type Usage as Units } from "@pydantic/genai-prices";
import { Recent } from "./recent.ts";

export type Seller = NonNullable<ReturnType<typeof findProvider>>;
type Query = Parameters<typeof findProvider>[0];

const REMEMBERED = 512;

export class PriceList {
  readonly #sellers = new Recent<{ readonly found: Seller | undefined }>(REMEMBERED);
  readonly #unpriced = new Recent<true>(REMEMBERED);

  seller(query: Query): Seller | undefined {
    const key = JSON.stringify(query);
    const known = this.#sellers.get(key);
    if (known) return known.found;
    const found = findProvider(query);
    this.#sellers.set(key, { found });
    return found;
  }

  /** US dollars; null for a model without a price. Throws for counts that contradict each other. */
  price(units: Units, of: { model: string; seller: Seller | undefined; timestamp: Date }): number | null {
    const { model, seller: provider, timestamp } = of;
    const key = `${provider?.id} ${model}`;
    if (this.#unpriced.get(key)) return null;
    const price = calcPrice(units, model, provider ? { provider, timestamp } : { timestamp });
    if (!price) this.#unpriced.set(key, true);
    return price?.total_price ?? null;
  }
}
