package org.entente.gateway.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Work;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RetentionGrpc;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What a call of the Retention service costs its client. */
class RetentionServiceTest {
  private static final int RECIPIENTS = 300;

  @AutoClose private final Edge edge = new Edge();

  /** Attack: a client repeats the recall of a message that has many recipients. */
  @Test
  void recallThatIsRepeated_costsALookUpForEachRecipient() {
    SecureRandom random = new SecureRandom();
    long now = System.currentTimeMillis();
    MessageId message = MessageId.fresh(now, random);
    List<String> recipients =
        IntStream.range(0, RECIPIENTS).mapToObj(i -> "de.office" + i).toList();
    SentFacts sent =
        SentFacts.newBuilder()
            .addAllRecipients(recipients)
            .setAcceptedAtMs(now)
            .setExpiresAtMs(now + Duration.ofDays(1).toMillis())
            .build();
    edge.behind.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          edge.behind.evidence.accepted(tx, edge.behind.ledger.evidence(), Map.of(message, sent));
          return message;
        });
    RetentionGrpc.RetentionBlockingStub client =
        RetentionGrpc.newBlockingStub(edge.calling("only-recall"));
    Account account = edge.accounts().of("only-recall");
    assertEquals(CallCost.CHANGE.units(), costOf(client, message, account));

    edge.behind.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          edge.behind.evidence.takenBack(
              tx,
              edge.behind.ledger.evidence(),
              message,
              MessageId.fresh(Instant.now().toEpochMilli(), random),
              recipients.stream().map(AgencyName::new).toList());
          return message;
        });
    assertEquals(CallCost.CHANGE.units() + RECIPIENTS, costOf(client, message, account));
  }

  private static long costOf(
      RetentionGrpc.RetentionBlockingStub client, MessageId message, Account account) {
    long before = account.used(Work.CALL_COST);
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                client.recall(
                    RecallRequest.newBuilder()
                        .setMessageId(ByteString.copyFrom(message.bytes()))
                        .setReason("wrong goods")
                        .setOnBehalfOf(
                            OnBehalfOf.newBuilder()
                                .setOfficer("FR-118")
                                .setJustification("case 12/26"))
                        .build()));
    assertEquals("NO_RECIPIENT", Refusals.of(refused).reason(), "they are no members");
    return account.used(Work.CALL_COST) - before;
  }
}
