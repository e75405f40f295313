package org.entente.gateway.policy.check;

import java.util.List;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;

/** A draft that skipped the check, as a defect of the gateway would make it. */
public final class UncheckedDraft {
  private UncheckedDraft() {}

  public static CheckedDraft of(Label label, Addressing to) {
    return new CheckedDraft(
        "k",
        label,
        DraftContent.unseen(label, false),
        to,
        OnBehalfOf.getDefaultInstance(),
        0,
        List.of(),
        false);
  }
}
