package org.entente.gateway.feature.attachment;

import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;

/** The refusal of a gateway that keeps no attachments. */
final class AttachmentsOff {
  private AttachmentsOff() {}

  static Problem problem() {
    return new Problem(
        Code.NOT_FOUND,
        "",
        "this gateway keeps no attachments; its operator can set attachments.folder in its"
            + " configuration");
  }
}
