package org.entente.gateway.feature.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.seal.statement.RosterMember;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.RosterKit;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OperationUpdate;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.junit.jupiter.api.AutoClose;

/**
 * Where joint operations that {@code fr.customs} leads are tested, over a real ledger, policy and
 * sealing. Agreements cover the kind OPERATION with {@code de.customs} and {@code us.cbp}, and with
 * {@code sg.police} alerts only.
 */
abstract class OperationLeadFixture {
  static final NodeName CLIENT = new NodeName("supervisor");
  static final Instant NOW = PolicyFixture.NOW;
  static final Instant END = NOW.plus(Duration.ofDays(30));
  static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("FR-118").setJustification("inspection 7/26").build();

  final SecureRandom random = new SecureRandom();
  final MemoryStore.Disk disk = new MemoryStore.Disk();
  final RecordedLeaves journal = new RecordedLeaves();
  final RecordSeal atRest = new RecordSeal(new MemoryStorageKeys(), random);
  final MemoryStore store = new MemoryStore(disk);
  final Ledger ledger;

  @AutoClose("closeWithLedger")
  final IntakeKit kit;

  int drafts;
  volatile Instant now = NOW;
  volatile Runnable meanwhile = () -> {};

  OperationLeadFixture(Path folder) {
    ledger = QuietLedger.started(store, () -> NOW, journal);
    Policy policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "de.yaml",
                PolicyFixture.sample(
                    "id: sample",
                    "id: de",
                    "agency: sg.police",
                    "agency: de.customs",
                    "kinds: [ALERT]",
                    "kinds: [ALERT, OPERATION]"),
                "us.yaml",
                PolicyFixture.sample(
                    "id: sample",
                    "id: us",
                    "agency: sg.police",
                    "agency: us.cbp",
                    "kinds: [ALERT]",
                    "kinds: [OPERATION]"),
                "sg.yaml",
                PolicyFixture.sample("id: sample", "id: sg")));
    kit =
        new IntakeKit(
            ledger,
            atRest,
            () -> {
              meanwhile.run();
              return policy;
            },
            () -> now,
            SecretBytes.random(random, 32),
            /* mostHeld= */ 2);
  }

  /** Leaves so many bytes on the disk. */
  void leave(long free) {
    disk.free(free);
    ledger.room().look();
  }

  Result<OperationLead.Signed> create(RosterMember... others) {
    return kit.convening().create(CLIENT, "CALM HARBOUR", List.of(others), NOW, END, false, PERSON);
  }

  static OperationLead.Signed signed(Result<OperationLead.Signed> answer) {
    return Results.value(answer);
  }

  static void refused(Code code, String field, Result<OperationLead.Signed> answer) {
    Problem problem = Results.problem(answer);
    assertEquals(code, problem.code(), problem.message());
    assertEquals(field, problem.field());
  }

  OperationId founded(RosterMember... others) {
    return signed(create(others)).roster().content().place().operation();
  }

  Result<OperationLead.Signed> change(OperationId id, long seen, RosterMember... members) {
    return kit.convening()
        .change(
            CLIENT,
            id,
            new OperationLead.Change(List.of(members), Optional.empty(), seen, false, false),
            PERSON);
  }

  Outcome publish(OperationId id, OperationUpdate update, String... only) {
    drafts++;
    Addressing.Builder to = Addressing.newBuilder().setOperation(ByteString.copyFrom(id.bytes()));
    to.addAllAgencies(List.of(only));
    Draft draft =
        PolicyFixture.draft(PolicyFixture.label().setKind(Kind.KIND_OPERATION))
            .setIdempotencyKey("draft-" + drafts)
            .setBody(Body.newBuilder().setOperationUpdate(update))
            .setTo(to)
            .build();
    return kit.intake().publish(CLIENT, draft).join();
  }

  static OperationUpdate objectives(String text) {
    return OperationUpdate.newBuilder().setObjectives(text).build();
  }

  static List<String> permitted(Outcome outcome) {
    assertTrue(outcome.hasAccepted(), outcome.toString());
    return outcome.getAccepted().getPermitsList().stream().map(Permit::getAgency).sorted().toList();
  }

  void keep(RosterKit one) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          kit.rosters().put(tx, one.signed());
          return one;
        });
  }

  HeldRosters held(OperationId id) {
    return kit.rosters().held(id).orElseThrow();
  }
}
