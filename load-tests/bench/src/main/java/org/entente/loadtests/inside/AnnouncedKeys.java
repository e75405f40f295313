package org.entente.loadtests.inside;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.certsdev.FederationSpec;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.XWingPrivateKey;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.seal.KeySchedule;
import org.entente.gateway.seal.RecipientKeyHolder;
import org.entente.gateway.seal.RecipientKeys;
import org.entente.gateway.seal.format.AgencyIdentity;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.KeyValidity;
import org.entente.gateway.seal.format.RecipientKeyId;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.AgencyRole;

/**
 * Key bundles of agencies whose gateways never run: recipient keys made on a gateway's schedule and
 * signed with the agency's own pair. No one can open messages sealed to them, since their secret
 * halves are not kept. Thread-safe.
 */
public final class AnnouncedKeys {
  private static final NodeName GATEWAY = new NodeName("gateway-1");

  private final FederationName federation;
  private final SecureRandom random = new SecureRandom();
  private final InstantSource clock = InstantSource.system();

  /** Key bundles of a federation's agencies. */
  public AnnouncedKeys(String federation) {
    this.federation = new FederationName(federation);
  }

  /** A customs authority of a federation to be minted, behind a transit. */
  public static FederationSpec.Agency member(String name, String transit) {
    AgencyName agency = new AgencyName(name);
    return new FederationSpec.Agency(
        agency,
        LargeMembership.jurisdictionOf(agency),
        AgencyKind.CUSTOMS,
        Set.of(AgencyRole.MEMBER),
        null,
        List.of(new AgencyName(transit)),
        null,
        null);
  }

  /**
   * Puts bundles into the ledger of a stopped gateway, as if its neighbours had forwarded them;
   * durable on return. The gateway verifies them when it starts.
   *
   * @param data folder of the ledger, which is created if it does not exist
   * @param keystores of each agency's gateway, with the agency's pair
   */
  public void putInto(Path data, Map<String, Path> keystores) {
    try (RocksStore store = RocksStore.open(data, RocksOptions.defaults());
        Ledger ledger =
            new Ledger(
                store,
                StoredNames.of(SecretBytes.random(random, 32), random),
                new NoAuditLog(),
                clock,
                LedgerLimits.DEFAULT,
                new NoCommitObserver())) {
      ledger.start();
      keystores.forEach(
          (agency, keystore) -> {
            AgencyName name = new AgencyName(agency);
            byte[] bundle = bundle(name, pair(keystore));
            boolean unused =
                ledger.commit(
                    Lane.ROUTINE,
                    tx -> {
                      ledger.peerFacts().putKeyBundle(tx, name, bundle);
                      return true;
                    });
          });
    }
  }

  private SigningPair pair(Path folder) {
    try (Keystore keystore = Keystore.open(folder, clock, random)) {
      return keystore.list(KeyKind.AGENCY_PAIR).stream()
          .max(Comparator.comparing(KeyEntry::created))
          .orElseThrow(() -> new CommandFailure(folder + " holds no pair of the agency"))
          .secret()
          .use(SigningPair::fromSeeds);
    }
  }

  /** A signed bundle, as exact bytes. */
  byte[] bundle(AgencyName agency, SigningPair pair) {
    RecipientKeys keys = new RecipientKeys(new InMemory(), KeySchedule.DEFAULT, random, clock);
    RecipientKeys.Renewal unused = keys.renew();
    GatewayKey gateway = new GatewayKey(GATEWAY, Ed25519SigningKey.generate(random).verifyingKey());
    return keys.bundle(new AgencyIdentity(federation, agency, pair), List.of(gateway)).encoded();
  }

  private static final class InMemory implements RecipientKeyHolder {
    private final Map<KeyValidity, byte[]> seeds = new ConcurrentHashMap<>();

    @Override
    public List<KeyValidity> held() {
      return List.copyOf(seeds.keySet());
    }

    @Override
    public void keep(KeyValidity validity, XWingPrivateKey key) {
      seeds.put(validity, key.seed());
    }

    @Override
    public Optional<XWingPrivateKey> find(RecipientKeyId id) {
      return seeds.entrySet().stream()
          .filter(entry -> entry.getKey().id().equals(id))
          .map(entry -> XWingPrivateKey.fromSeed(entry.getValue()))
          .findFirst();
    }

    @Override
    public void destroy(RecipientKeyId id) {
      seeds.keySet().removeIf(validity -> validity.id().equals(id));
    }
  }
}
