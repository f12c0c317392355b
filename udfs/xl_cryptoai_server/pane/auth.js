// Says who calls: what xlwings Server's page asks for before each call.

const ACCESS_KEY = "xl-cryptoai-access-key";

globalThis.getAuth = async () => {
  const [provider = ""] = globalThis.config.authProviders ?? [];
  let token = "";
  if (provider === "entraid") {
    token = await globalThis.xlwings.getAccessToken();
  } else if (provider === "custom") {
    token = localStorage.getItem(ACCESS_KEY) ?? "";
  }
  return { token, provider };
};

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("access");
  if (form === null) {
    return; // no access key is asked for
  }
  const state = () => {
    form.elements.state.value = localStorage.getItem(ACCESS_KEY)
      ? "A key is kept on this machine. Recalculate with Ctrl-Alt-F9."
      : "No key is kept: the functions show #VALUE!.";
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    localStorage.setItem(ACCESS_KEY, form.elements.key.value.trim());
    form.elements.key.value = "";
    state();
  });
  document.getElementById("forget").addEventListener("click", () => {
    localStorage.removeItem(ACCESS_KEY);
    state();
  });
  state();
});
