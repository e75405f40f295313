package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.ChainEntry;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.ShowChainRequest;
import org.entente.proto.v1.TaskingGrpc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Over real gateways: what its origin updates and restricts, as the recipient's clients meet it.
 */
class ChainPathTest {
  private static final Duration LONG = Duration.ofDays(3);

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR, DE);

  private MessageId changes(String headline, MessageType type, MessageId target) {
    federation.clock.move(Duration.ofSeconds(1));
    return federation.send(
        FR,
        headline,
        LONG,
        draft -> {
          draft
              .getLabelBuilder()
              .setLane(Lane.LANE_FLASH)
              .setMessageType(type)
              .setReferences(ByteString.copyFrom(target.bytes()));
          draft.getToBuilder().addAgencies(DE);
        });
  }

  private String open(MessageId id) {
    return SearchGrpc.newBlockingStub(federation.channel(DE))
        .open(
            OpenRequest.newBuilder()
                .setMessageId(ByteString.copyFrom(id.bytes()))
                .setOnBehalfOf(
                    OnBehalfOf.newBuilder().setOfficer("DE-7").setJustification("case 4"))
                .build())
        .getBody()
        .getAlert()
        .getTexts(0)
        .getHeadline();
  }

  private List<MessageId> chain(String agency, MessageId id) {
    return TaskingGrpc.newBlockingStub(federation.channel(agency))
        .showChain(
            ShowChainRequest.newBuilder().setMessageId(ByteString.copyFrom(id.bytes())).build())
        .getEntriesList()
        .stream()
        .map(ChainEntry::getMessageId)
        .map(one -> MessageId.of(one.toByteArray()))
        .toList();
  }

  @Test
  void restricted_isNeitherOpenedNorDelivered_andComesAnewWhenThatIsLifted() {
    MessageId target = federation.send(FR, "the consignor is a suspect", LONG, DE);
    federation.receive(DE, 1);
    MessageId restriction = changes("hold it", MessageType.MESSAGE_TYPE_RESTRICTION, target);
    assertEquals(List.of("hold it"), RunningFederation.headlines(federation.receive(DE, 1)));
    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, () -> open(target));
    assertTrue(String.valueOf(refused.getMessage()).contains("RESTRICTED"), refused.getMessage());

    changes("go on", MessageType.MESSAGE_TYPE_CANCEL, restriction);
    List<Delivery> anew = federation.receive(DE, 2);
    assertEquals(
        List.of("go on", "the consignor is a suspect"),
        Stream.of("go on", "the consignor is a suspect")
            .filter(RunningFederation.headlines(anew)::contains)
            .toList());
    assertEquals("the consignor is a suspect", open(target));
  }

  @Test
  void update_isSaidOfWhatItStandsInThePlaceOf_atBothEnds_andSubscribersThatComeLater() {
    MessageId target = federation.send(FR, "one container", LONG, DE);
    MessageId update = changes("two containers", MessageType.MESSAGE_TYPE_UPDATE, target);
    MessageId right = changes("three", MessageType.MESSAGE_TYPE_RECTIFICATION, update);
    federation.receive(DE, 3);
    assertEquals(List.of(target, update, right), chain(FR, right));
    assertEquals(List.of(target, update, right), chain(DE, target));
    Delivery late =
        federation.replay(DE, 3).stream()
            .filter(
                one -> one.getLabel().getMessageId().equals(ByteString.copyFrom(target.bytes())))
            .findFirst()
            .orElseThrow();
    assertTrue(late.getStanding().getSuperseded());
    assertEquals(
        ByteString.copyFrom(update.bytes()), late.getStanding().getChanges(0).getMessageId());
  }
}
