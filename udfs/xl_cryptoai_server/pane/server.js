// Sends the workbook to the server that the pane came from, and reads its answer.

const WAIT = 180_000;
const MOST_WORDS = 600;

/** The server has answered with a sentence in place of a result. */
export class Refusal extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

/** The server cannot be reached. */
export class Unreachable extends Error {}

/** Asks for a job (model, audit, trace, simulate) on a workbook; the server keeps nothing. */
export const ask = async (job, workbook, query = {}) => {
  const address = new URL(`pane/${job}`, document.baseURI);
  address.search = new URLSearchParams(query).toString();
  const { token = "", provider = "" } = (await globalThis.getAuth?.()) ?? {};
  let answer;
  try {
    answer = await fetch(address, {
      method: "POST",
      headers: {
        "Content-Type": "application/octet-stream",
        Authorization: token,
        "Auth-Provider": provider,
      },
      body: workbook,
      signal: AbortSignal.timeout(WAIT),
    });
  } catch (error) {
    if (error.name === "TimeoutError") {
      throw new Unreachable("The server has not answered in time. Try again later.");
    }
    throw new Unreachable("The server cannot be reached. Check the network, then try again.");
  }
  if (!answer.ok) {
    throw new Refusal(answer.status, await words(answer));
  }
  return answer.json();
};

const words = async (answer) => {
  const type = answer.headers.get("content-type") ?? "";
  const said = type.startsWith("text/html") ? "" : (await answer.text()).slice(0, MOST_WORDS);
  // without the Excel error that a cell would show before the sentence
  return said.replace(/^#[A-Z/0-9]+[!?]: /, "") || `The server answered with status ${answer.status}. Try again later.`;
};
