package org.entente.gateway.policy.decide;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.draft;
import static org.entente.gateway.policy.decide.PolicyFixture.label;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.DraftCheck;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.junit.jupiter.api.Test;

/** What changes a message names it; nothing else does. */
class ReferenceCheckTest {
  private static final LabelCheck CHECK = new LabelCheck(MessageLimits.defaults());
  private static final MessageId ID = MessageId.parse("0198c0ffee0070008000000000000001");
  private static final ByteString OTHER = ByteString.copyFrom(new byte[16]);
  private static final List<MessageType> CHANGING =
      List.of(
          MessageType.MESSAGE_TYPE_UPDATE,
          MessageType.MESSAGE_TYPE_CANCEL,
          MessageType.MESSAGE_TYPE_RECTIFICATION,
          MessageType.MESSAGE_TYPE_RESTRICTION);
  private static final List<MessageType> OTHERS =
      List.of(
          MessageType.MESSAGE_TYPE_UNSPECIFIED,
          MessageType.MESSAGE_TYPE_ALERT,
          MessageType.MESSAGE_TYPE_ACK,
          MessageType.MESSAGE_TYPE_ERROR);

  private static List<String> problems(Draft.Builder draft) {
    return CHECK.draft(draft.build(), NOW) instanceof DraftCheck.InvalidDraft invalid
        ? invalid.problems().stream().map(Problem::field).toList()
        : List.of();
  }

  private static Draft.Builder ofType(MessageType type, ByteString references) {
    return draft(label().setMessageType(type).setReferences(references), "de.customs");
  }

  private static Label.Builder received(MessageType type) {
    CheckedDraft draft = PolicyFixture.checked(ofType(type, OTHER));
    Agreement agreement =
        PolicyFixture.demo().rulebook().agreement("eu-customs-cooperation").orElseThrow();
    return new PolicyDecision(
            draft,
            FR,
            NOW,
            new PolicyStamp("v", 0),
            Map.of(DE, agreement),
            Set.of(),
            List.of(),
            List.of())
        .permitted(ID).get(0).label().toBuilder();
  }

  @Test
  void change_withoutReference_isRefused_andWithOne_isTaken() {
    for (MessageType type : CHANGING) {
      assertEquals(List.of("label.references"), problems(ofType(type, ByteString.EMPTY)));
      assertEquals(List.of(), problems(ofType(type, OTHER)), type.name());
      assertEquals(
          List.of("label.references"),
          problems(ofType(type, ByteString.copyFrom(new byte[15]))),
          type.name());
    }
  }

  @Test
  void reference_ofWhatChangesNothing_isRefused() {
    for (MessageType type : OTHERS) {
      assertEquals(List.of("label.references"), problems(ofType(type, OTHER)), type.name());
      assertEquals(List.of(), problems(ofType(type, ByteString.EMPTY)), type.name());
    }
  }

  @Test
  void updateOfACapAlert_thatNeverWasAMessage_namesItAsCapDoes_andARestrictionCannot() {
    for (MessageType type : CHANGING) {
      Draft.Builder draft = ofType(type, ByteString.EMPTY);
      draft
          .getBodyBuilder()
          .getAlertBuilder()
          .putExtra("cap.references", "a@b.example,1,2026-06-01T12:00:00-00:00");
      boolean ofCap =
          type == MessageType.MESSAGE_TYPE_UPDATE || type == MessageType.MESSAGE_TYPE_CANCEL;
      assertEquals(ofCap ? List.of() : List.of("label.references"), problems(draft), type.name());
    }
  }

  @Test
  void received_isHeldToTheSame_andChangesAnotherThanItself() {
    ByteString body = PolicyFixture.body().build().toByteString();
    for (MessageType type : CHANGING) {
      assertEquals(List.of(), CHECK.received(received(type).build(), body), type.name());
      assertEquals(
          "label.references",
          CHECK.received(received(type).clearReferences().build(), body).get(0).field());
      Label itself = received(type).setReferences(ByteString.copyFrom(ID.bytes())).build();
      assertEquals("label.references", CHECK.received(itself, body).get(0).field());
    }
  }
}
