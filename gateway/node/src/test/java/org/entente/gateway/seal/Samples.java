package org.entente.gateway.seal;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.SG;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.batch.BatchKey;
import org.entente.gateway.batch.Sealer;
import org.entente.gateway.batch.SealingBatch;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.batch.UnpermittedItems;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;

/** Names, times, keys and messages that the tests of sealing share. */
public final class Samples {
  static final FederationName FEDERATION = new FederationName("demo.entente.example");
  static final NodeName GW = new NodeName("gw-1");
  public static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  static final InstantSource CLOCK = InstantSource.fixed(NOW);
  public static final long NOW_MS = NOW.toEpochMilli();
  static final long HOUR_MS = 3_600_000;

  private Samples() {}

  static Ed25519SigningKey gatewayKey(AgencyName agency) {
    return Ed25519SigningKey.generate(new SeededRandom("gateway of " + agency));
  }

  public static Sealer sealer(AgencyName origin, String seed) {
    return new Sealer(origin, GW, gatewayKey(origin), new SeededRandom(seed), CLOCK);
  }

  public static BatchKey batchKey(Lane lane) {
    return new BatchKey(List.of(DE, SG), "fr-sg-ipr", 90, lane, false);
  }

  public static SealingItem item(BatchKey key, int number, int labelBytes, int bodyBytes) {
    SeededRandom random = new SeededRandom("message " + number);
    byte[] label = new byte[labelBytes];
    byte[] body = new byte[bodyBytes];
    random.nextBytes(label);
    random.nextBytes(body);
    MessageId id = MessageId.fresh(NOW_MS, random);
    return UnpermittedItems.of(key, id, NOW_MS + HOUR_MS, label, body);
  }

  /** A batch of messages with labels of 100 bytes. */
  static SealingBatch batch(int count, int bodyBytes) {
    BatchKey key = batchKey(Lane.PRIORITY);
    List<SealingItem> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(item(key, i, 100, bodyBytes));
    }
    return new SealingBatch(key, items);
  }
}
