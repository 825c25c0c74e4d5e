/** What every client offers its model, and a picture that it shows it. */
const schema = { type: "object", properties: { city: { type: "string" } } };

export const functions = ["get_weather", "get_time"].map((name) => ({
  name,
  description: name,
  parameters: schema,
}));

export const picture =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
