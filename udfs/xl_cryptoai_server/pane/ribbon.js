// The ribbon's buttons that show a part of the pane. The add-in has one task pane, since all of it
// runs in a shared runtime: the button sets the part in the address, then shows the pane.

const PARTS = { showAudit: "audit", showTrace: "trace", showSimulate: "simulate" };

for (const [name, part] of Object.entries(PARTS)) {
  Office.actions.associate(name, async (event) => {
    try {
      if (location.hash === `#${part}`) {
        globalThis.dispatchEvent(new HashChangeEvent("hashchange")); // asked for again
      } else {
        location.hash = part;
      }
      await Office.addin.showAsTaskpane();
    } finally {
      event.completed();
    }
  });
}
