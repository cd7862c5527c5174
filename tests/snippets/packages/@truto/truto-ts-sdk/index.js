// Stands in for @truto/truto-ts-sdk 2.0.12 where that is not installed: of its documented interface, what a batch needs.
export default class TrutoApi {
  constructor({ token, baseUrl = "https://api.truto.one" }) {
    this.batchRequest = {
      async create(body) {
        const response = await fetch(`${baseUrl}/batch-request?`, {
          method: "POST",
          headers: { Authorization: `Bearer ${token}`, Accept: "application/json", "Content-Type": "application/json" },
          body: JSON.stringify(body),
        });
        if (!response.ok) throw new Error(response.statusText);
        return response.json();
      },
    };
  }
}
