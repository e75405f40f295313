package org.entente.gateway.policy.check;

import java.util.List;
import org.entente.gateway.model.Problem;

/** What checking a draft comes to. */
public sealed interface DraftCheck permits CheckedDraft, DraftCheck.InvalidDraft {

  /** It is malformed; at least one problem, at most 20. Nothing may be done with it. */
  record InvalidDraft(List<Problem> problems) implements DraftCheck {
    public InvalidDraft {
      problems = List.copyOf(problems);
    }
  }
}
