package org.entente.gateway.cli.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.util.List;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Held;
import org.entente.proto.v1.HeldMessage;
import org.entente.proto.v1.Intelligence;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.ReadHeldResponse;
import org.junit.jupiter.api.Test;

/** A held message as the second person reads it. */
class HeldMessageTextTest {
  private static final String ID = "0197aabbccddeeff0011223344556677";

  private static final HeldMessage MESSAGE =
      HeldMessage.newBuilder()
          .setMessageId(ByteString.fromHex(ID))
          .setSince(Timestamp.newBuilder().setSeconds(1))
          .setHeld(
              Held.newBuilder()
                  .setReason("fr-sg requires it")
                  .setUntil(Timestamp.newBuilder().setSeconds(60)))
          .setClient("declarations")
          .addPermits(Permit.newBuilder().setAgency("sg.police").addWithheld("label.source_ref"))
          .build();

  private static List<String> lines(Draft.Builder draft) {
    return HeldMessageText.lines(
        ReadHeldResponse.newBuilder().setMessage(MESSAGE).setDraft(draft).build());
  }

  @Test
  void heldMessage_showsWhyItWaits_itsRecipients_andEachFieldOfItsDraft() {
    Draft.Builder draft =
        Draft.newBuilder()
            .setLabel(
                Label.newBuilder()
                    .setCategory(Category.CATEGORY_NARCOTICS)
                    .setSourceRef("SRC-0417")
                    .setReferences(ByteString.fromHex(ID)))
            .setBody(
                Body.newBuilder()
                    .setIntelligence(
                        Intelligence.newBuilder().setHeadline("tonight").setText("one\ntwo")))
            .setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("FR-42"));
    assertEquals(
        """
        0197aabbccddeeff0011223344556677  held until 1970-01-01T00:01:00Z: fr-sg requires it
          published at 1970-01-01T00:00:01Z by the client declarations
          to sg.police (without label.source_ref)
        The draft:
          label:
            category: CATEGORY_NARCOTICS
            sourceRef: SRC-0417
            references: 0197aabbccddeeff0011223344556677
          body:
            intelligence:
              headline: tonight
              text: |-
                one
                two
          onBehalfOf:
            officer: FR-42
        """
            .lines()
            .toList(),
        lines(draft));
  }

  @Test
  void document_hasSizeAndHash_inPlaceOfItsBytes() {
    Document.Builder document =
        Document.newBuilder()
            .setName("report.pdf")
            .setMediaType("application/pdf")
            .setContent(ByteString.copyFromUtf8("abc"));
    List<String> lines = lines(Draft.newBuilder().setBody(Body.newBuilder().setDocument(document)));
    assertEquals(
        "  document report.pdf, application/pdf, 3 bytes, SHA-256 "
            + "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        lines.get(3));
    assertEquals(
        List.of("      mediaType: application/pdf", "      name: report.pdf"),
        lines.subList(7, lines.size()));
  }
}
