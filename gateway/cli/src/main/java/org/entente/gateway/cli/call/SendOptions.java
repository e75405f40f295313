package org.entente.gateway.cli.call;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Set;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.DeskAddressParser;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.InformationAddressees;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Precedence;
import picocli.CommandLine.Option;

/** Options that apply to all drafts of a call, from whatever source. */
public final class SendOptions {
  private static final Set<MessageType> CHANGING =
      Set.of(
          MessageType.MESSAGE_TYPE_UPDATE,
          MessageType.MESSAGE_TYPE_CANCEL,
          MessageType.MESSAGE_TYPE_RECTIFICATION,
          MessageType.MESSAGE_TYPE_RESTRICTION);

  @Option(
      names = "--derived-from",
      paramLabel = "MESSAGE",
      description =
          "received message whose content is passed on, 32 hex digits; may be repeated. "
              + "The drafts go only where the terms of that message allow.")
  private List<ByteString> derivedFrom = List.of();

  @Option(
      names = "--operation",
      paramLabel = "OPERATION",
      description =
          "joint operation in which the drafts are published, 32 hex digits. "
              + "They go to its members, or to the members whose desks --desk names; recipients "
              + "named in the drafts are ignored.")
  private ByteString operation = ByteString.EMPTY;

  @Option(
      names = "--desk",
      paramLabel = "AGENCY/DESK",
      description =
          "receiving desk of an agency, as in fr.customs/narcotics; may be repeated. "
              + "Its agency becomes a recipient, at the named desks only.")
  private List<String> desks = List.of();

  @RequestField("to.information")
  @Option(
      names = "--info",
      paramLabel = "AGENCY",
      description =
          "agency, desk, jurisdiction or group that receives it for information; may be repeated. "
              + "The requested action is for the other recipients.")
  private List<String> informed = List.of();

  @RequestField("to.information.lane")
  @Option(
      names = "--info-lane",
      paramLabel = "NAME",
      description = "lane for information, not higher than the message's (default: the same)")
  private Lane informedLane = Lane.LANE_UNSPECIFIED;

  @Option(
      names = "--precedence",
      paramLabel = "NAME",
      description =
          "STANAG 4406 precedence: DEFERRED to OVERRIDE, or 0 to 5. "
              + "It selects the lane unless one is given.")
  private Precedence precedence = Precedence.PRECEDENCE_UNSPECIFIED;

  @RequestField("label.references")
  @Option(
      names = "--updates",
      paramLabel = "MESSAGE",
      description =
          "message of this agency that the drafts change, 32 hex digits; "
              + "they go only to its recipients")
  private ByteString changed = ByteString.EMPTY;

  @RequestField("label.message_type")
  @Option(
      names = "--type",
      paramLabel = "NAME",
      description =
          "UPDATE, CANCEL, RECTIFICATION or RESTRICTION (default: that of the draft, or UPDATE)")
  private MessageType type = MessageType.MESSAGE_TYPE_UNSPECIFIED;

  @RequestField("label.attachments")
  @Option(
      names = "--attach",
      paramLabel = "UPLOAD",
      description =
          "file that belongs to the message: an upload that `attach` made, 32 hex digits; may be"
              + " repeated. An upload goes with one message, so it needs a source of one draft.")
  private List<ByteString> attachments = List.of();

  @RequestField("disclose_addressees")
  @Option(names = "--disclose", description = "show each recipient who the other recipients are")
  private boolean disclosed;

  /**
   * The draft with these options.
   *
   * @throws CommandFailure naming the wrong option
   */
  public Draft applied(Draft draft) {
    Draft.Builder out = draft.toBuilder().addAllDerivedFrom(derivedFrom);
    if (!operation.isEmpty()) {
      out.setTo(Addressing.newBuilder().setOperation(operation));
    }
    desks.forEach(desk -> out.getToBuilder().addDesks(DeskAddressParser.of("--desk", desk)));
    inform(out);
    change(out.getLabelBuilder());
    if (precedence != Precedence.PRECEDENCE_UNSPECIFIED) {
      out.getLabelBuilder().setPrecedence(precedence);
    }
    attachments.forEach(
        upload ->
            out.getLabelBuilder().addAttachments(Attachment.newBuilder().setId(upload).build()));
    if (disclosed) {
      out.setDiscloseAddressees(true);
    }
    return out.build();
  }

  private void change(Label.Builder label) {
    if (type != MessageType.MESSAGE_TYPE_UNSPECIFIED) {
      label.setMessageType(type);
    } else if (!changed.isEmpty() && !CHANGING.contains(label.getMessageType())) {
      label.setMessageType(MessageType.MESSAGE_TYPE_UPDATE);
    }
    if (!changed.isEmpty()) {
      label.setReferences(changed);
    }
  }

  private void inform(Draft.Builder out) {
    if (informedLane != Lane.LANE_UNSPECIFIED && informed.isEmpty()) {
      throw new UsageError("--info-lane: needs --info, whose recipients it is for");
    }
    if (informed.isEmpty()) {
      return;
    }
    InformationAddressees.Builder some = out.getToBuilder().getInformationBuilder();
    for (String name : informed) {
      // An agency's name has a dot, a jurisdiction's or a group's none.
      if (DeskAddressParser.isDesk(name)) {
        some.addDesks(DeskAddressParser.of("--info", name));
      } else if (name.contains(".")) {
        some.addAgencies(name);
      } else {
        some.addJurisdictions(name);
      }
    }
    some.setLane(informedLane);
  }
}
