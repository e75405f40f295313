package org.entente.gateway.audit.record;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.entente.gateway.audit.Appender;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.audit.CheckpointSigner;
import org.entente.gateway.audit.StoredLog;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.Store;
import org.entente.gateway.testkit.MemoryStore;

/** A log with throwaway keys over any store. */
public final class AuditFixture {

  public static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  public static final Duration SECOND = Duration.ofSeconds(1);
  public static final AgencyName AGENCY = new AgencyName("fr.customs");
  public static final AgencyName PEER = new AgencyName("sg.police");
  public static final String OFFICER = "officer-4711";
  public static final String JUSTIFICATION = "suspicion of counterfeit shipment";
  public static final LogOrigin ORIGIN =
      new LogOrigin(new FederationName("demo.entente.example"), AGENCY, new NodeName("gw-a"));
  public static final SigningPair KEYS = pair(1);
  public static final CheckpointVerifier VERIFIER = verifier(KEYS);

  /** Says where the first log lies in a store; never read. */
  public static final StoredLog FIRST_LOG = new StoredLog(new MemoryStore(), Path.of("audit"), 1);

  private AuditFixture() {}

  public static SigningPair pair(int seed) {
    byte[] seeds = new byte[SigningPair.SEEDS_BYTES];
    Arrays.fill(seeds, (byte) seed);
    return SigningPair.fromSeeds(seeds);
  }

  public static CheckpointVerifier verifier(SigningPair... pairs) {
    return new CheckpointVerifier(
        ORIGIN, Arrays.stream(pairs).map(SigningPair::verifyingPair).toList());
  }

  public static AuditLog open(Store store, Path directory) {
    AuditLog.Opening opening = AuditLog.open(store, directory, VERIFIER);
    return assertInstanceOf(AuditLog.Opening.Opened.class, opening, opening::toString).log();
  }

  public static CheckpointSigner signer(AuditLog log) {
    return new CheckpointSigner(log, KEYS, SECOND);
  }

  public static Appender appender(AuditLog log, LeafSealer sealer) {
    return log.appender(sealer, new SecureRandom());
  }

  /** Appends and commits in batches of at most three, as the ledger's writer does. */
  public static void grow(Store store, Appender appender, int leaves) {
    for (int done = 0; done < leaves; done += 3) {
      Batch batch = store.batch();
      appender.append(batch, records(Math.min(3, leaves - done), done));
      store.commit(batch, Durability.SYNCED);
      appender.committed();
    }
  }

  public static List<AuditRecord> records(int count, long seed) {
    List<AuditRecord> records = new ArrayList<>();
    RandomGenerator random = new java.util.Random(seed);
    for (int i = 0; i < count; i++) {
      records.add(record(random));
    }
    return records;
  }

  public static AuditRecord record(RandomGenerator random) {
    AuditPerson person = new AuditPerson(OFFICER, "unit 7", JUSTIFICATION);
    AuditActor actor = new AuditActor(AGENCY, new NodeName("desk"), person);
    long millis = NOW.toEpochMilli();
    AuditSubject subject =
        AuditSubject.of(
            EnvelopeId.fresh(millis, random),
            List.of(MessageId.fresh(millis, random), MessageId.fresh(millis, random)),
            List.of(PEER));
    return AuditRecord.of(AuditType.ACCEPTED, LawCategory.DISCLOSURE, NOW, actor, subject)
        .under("fr-sg-ipr", "v7");
  }
}
