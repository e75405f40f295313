package org.entente.gateway.cli.message;

import com.google.protobuf.util.Timestamps;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.cli.text.FieldText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.HeldMessage;
import org.entente.proto.v1.ReadHeldResponse;

/** A held message in lines for the person who decides on it. Not cleaned for a terminal. */
final class HeldMessageText {
  private HeldMessageText() {}

  /**
   * Why it waits, to whom it would go, and every field of its draft: what a person releases must be
   * seen. Of a document only the bytes are left out, which have a size and a hash instead.
   */
  static List<String> lines(ReadHeldResponse shown) {
    HeldMessage held = shown.getMessage();
    List<String> out = new ArrayList<>();
    out.add(
        "%s  held until %s: %s"
            .formatted(
                MessageText.hex(held.getMessageId()),
                Timestamps.toString(held.getHeld().getUntil()),
                held.getHeld().getReason()));
    out.add(
        "  published at "
            + Timestamps.toString(held.getSince())
            + " by the client "
            + held.getClient());
    held.getPermitsList().forEach(permit -> out.add("  to " + MessageText.line(permit)));
    Draft.Builder draft = shown.getDraft().toBuilder();
    if (draft.getBody().hasDocument()) {
      OpenCommand.texts(draft.getBody()).forEach(text -> out.add("  " + text));
      draft.getBodyBuilder().getDocumentBuilder().clearContent();
    }
    out.add("The draft:");
    FieldText.lines(draft).forEach(line -> out.add("  " + line));
    return out;
  }
}
