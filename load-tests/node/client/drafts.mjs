// Drafts and persons that several chapters use.
export const WHY = { officer: 'FR-12', unit: 'DNRED', justification: 'file 12/26' };

let drafts = 0;

/** A draft under a key of its own. */
export const draft = (to, label, body, more = {}) => {
  drafts += 1;
  return { idempotencyKey: `node-${process.pid}-${drafts}`, label, body, to: { agencies: [to] }, ...more };
};

/** An alert of counterfeits in a container, between customs agencies. */
export const alert = (to, headline, container, label = {}) =>
  draft(
    to,
    {
      kind: 'KIND_ALERT',
      category: 'CATEGORY_IPR',
      purpose: 'PURPOSE_CUSTOMS_CONTROL',
      classification: 'CLASSIFICATION_RESTRICTED',
      severity: 'SEVERITY_SEVERE',
      ...label,
    },
    { alert: { texts: [{ language: 'en', headline }], subjects: [{ container }] } },
  );
