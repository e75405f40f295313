package org.entente.gateway.policy.check;

import java.util.List;
import org.entente.gateway.model.Problem;

/** The result of checking a draft. */
public sealed interface DraftCheck permits CheckedDraft, DraftCheck.InvalidDraft {

  /** The draft is malformed; it has 1 to 20 problems. It cannot be processed further. */
  record InvalidDraft(List<Problem> problems) implements DraftCheck {
    public InvalidDraft {
      problems = List.copyOf(problems);
    }
  }
}
