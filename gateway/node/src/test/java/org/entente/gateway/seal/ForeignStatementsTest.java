package org.entente.gateway.seal;

import static org.entente.gateway.seal.ForeignExchange.BAD_SIGNATURE;
import static org.entente.gateway.seal.ForeignExchange.CANNOT_OPEN;
import static org.entente.gateway.seal.ForeignExchange.MALFORMED;
import static org.entente.gateway.seal.ForeignExchange.pairOf;
import static org.entente.gateway.seal.ForeignExchange.verdict;
import static org.entente.gateway.testkit.ForeignVerifier.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Fulfilment;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.FieldReader;
import org.entente.gateway.seal.format.MessageLeaf;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.Suite;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.gateway.seal.statement.FulfilmentStatement;
import org.entente.gateway.seal.statement.KeyBundle;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.seal.statement.RosterMember;
import org.entente.gateway.seal.statement.RosterRole;
import org.entente.gateway.seal.statement.RosterStatement;
import org.entente.gateway.seal.statement.SettledNumbers;
import org.entente.gateway.seal.statement.SettledStatement;
import org.entente.gateway.seal.statement.StatementFrame;
import org.entente.gateway.seal.statement.VoidStatement;
import org.entente.gateway.seal.statement.Watermark;
import org.entente.gateway.seal.statement.WatermarkStatement;
import org.entente.gateway.testkit.FieldDamage;
import org.entente.gateway.testkit.ForeignVerifier;
import org.entente.gateway.testkit.ForeignVerifier.Case;
import org.entente.gateway.testkit.ForeignVerifier.CaseTally;
import org.entente.gateway.testkit.ForeignVerifier.Comparison;
import org.junit.jupiter.api.Test;

/**
 * Key bundles, voids, what is settled, rosters, consents, watermarks and the forms at rest, as the
 * verifier in Node sees them. Damaged ones are refused by both for the same reason; what is altered
 * and signed again by its rightful signer is judged alike.
 */
class ForeignStatementsTest {
  private static final long SEED = System.nanoTime();

  /** Lengths of the fields before the content: version to time of issue. */
  private static final int[] TO_ONE = {1, 1, 1, 20, 1, 10, 1, 4, 1, 10, 8};

  private static final int[] TO_ALL = {1, 1, 1, 20, 1, 10, 1, 4, 1, 8};

  private final ForeignVerifier foreign = ForeignVerifier.require();
  private final ForeignExchange exchange = new ForeignExchange();
  private final FieldDamage damage = new FieldDamage(SEED);
  private final ByteMutation mutation = new ByteMutation(SEED);

  @Test
  void keyBundle_damagedOrSignedAgain_isJudgedAlike() {
    byte[] good = exchange.fr.bundle().encoded();
    int[] fields = fields(TO_ALL, 2, 1, 4, 32, 2, 16, 8, 8, 1152, 32, 32, 64, 2420);
    Comparison cases = new Comparison(SEED);
    Comparison signedAgain = new Comparison(SEED);
    addBundle(signedAgain, "as it was", good);
    for (FieldDamage.Damaged damaged : damage.of(good, fields)) {
      addBundle(cases, damaged.how(), damaged.bytes());
    }
    for (int round = 0; round < 100; round++) {
      addBundle(cases, "mutation " + round, mutation.of(good));
    }
    byte[] body = body(good, 2484);
    for (FieldDamage.Damaged damaged : damage.of(body, Arrays.copyOf(fields, fields.length - 2))) {
      addBundle(signedAgain, damaged.how(), resigned(Suite.KEY_BUNDLE, damaged.bytes()));
    }

    cases.refusedBy(foreign, 250, MALFORMED, BAD_SIGNATURE);
    CaseTally tally = foreign.agree(signedAgain);
    assertTrue(tally.of(OK) >= 5 && tally.of(MALFORMED) >= 50, tally.toString());
  }

  private void addBundle(Comparison cases, String name, byte[] bytes) {
    Optional<KeyBundle> bundle = KeyBundle.parse(bytes);
    Case one =
        new Case("key_bundle", name)
            .with("bytes", bytes)
            .with("pairs", List.of(pairOf(exchange.fr)));
    cases.add(one, verdict(bundle.map(b -> b.isSignedBy(exchange.trust.of(exchange.fr.name)))));
  }

  @Test
  void fulfilment_damagedOrSignedAgain_isJudgedAlike() {
    byte[] good =
        FulfilmentStatement.beside(
                exchange.fr.bundle(),
                new Fulfilment(true, List.of(1, 3, 4, 65_535)),
                exchange.fr.identity)
            .encoded();
    int[] fields = fields(TO_ALL, 2, 2, 2, 2, 2, 64, 2420);
    Comparison cases = new Comparison(SEED);
    Comparison signedAgain = new Comparison(SEED);
    addFulfilment(signedAgain, "as it was", good);
    for (FieldDamage.Damaged damaged : damage.of(good, fields)) {
      addFulfilment(cases, damaged.how(), damaged.bytes());
    }
    for (int round = 0; round < 100; round++) {
      addFulfilment(cases, "mutation " + round, mutation.of(good));
    }
    byte[] body = body(good, 2484);
    for (FieldDamage.Damaged damaged : damage.of(body, Arrays.copyOf(fields, fields.length - 2))) {
      addFulfilment(signedAgain, damaged.how(), resigned(Suite.FULFILMENT, damaged.bytes()));
    }

    cases.refusedBy(foreign, 150, MALFORMED, BAD_SIGNATURE);
    CaseTally tally = foreign.agree(signedAgain);
    assertTrue(tally.of(OK) >= 2 && tally.of(MALFORMED) >= 20, tally.toString());
  }

  private void addFulfilment(Comparison cases, String name, byte[] bytes) {
    Optional<FulfilmentStatement> statement = FulfilmentStatement.parse(bytes);
    Case one =
        new Case("fulfilment", name)
            .with("bytes", bytes)
            .with("pairs", List.of(pairOf(exchange.fr)));
    cases.add(
        one,
        verdict(statement.map(s -> s.signer(exchange.trust.of(exchange.fr.name)).isPresent())));
  }

  @Test
  void voidStatement_damagedOrSignedAgain_isJudgedAlike() {
    List<NumberedHeader> numbers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      byte[] hash = new byte[32];
      exchange.random.nextBytes(hash);
      Lane lane = Lane.of(1 + exchange.random.nextInt(4));
      numbers.add(new NumberedHeader(new OriginNumber(1 + i / 2, lane, 1 + i), hash));
    }
    VoidStatement.Content content =
        new VoidStatement.Content(
            StatementFrame.to(
                Samples.FEDERATION, exchange.fr.name, Samples.GW, exchange.de.name, Samples.NOW_MS),
            numbers);
    byte[] good = VoidStatement.sign(content, exchange.fr.signingKey).encoded();
    int[] fields = fields(TO_ONE, 2, 8, 1, 8, 32, 8, 1, 8, 32, 8, 1, 8, 32, 8, 1, 8, 32);
    compareStatements(
        good,
        fields,
        this::addVoid,
        body -> joined(body, exchange.fr.signingKey.sign(joined(Suite.VOID, body))));
  }

  private void addVoid(Comparison cases, String name, byte[] bytes) {
    Optional<VoidStatement> statement = VoidStatement.parse(bytes);
    Case one =
        new Case("void", name)
            .with("bytes", bytes)
            .with("gateway_key", exchange.fr.gateway.key().encoded());
    cases.add(one, verdict(statement.map(s -> s.isSignedBy(exchange.fr.gateway.key()))));
  }

  @Test
  void settledStatement_damagedOrSignedAgain_isJudgedAlike() {
    SettledStatement.Content content =
        new SettledStatement.Content(
            StatementFrame.to(
                Samples.FEDERATION, exchange.fr.name, Samples.GW, exchange.de.name, Samples.NOW_MS),
            List.of(
                new SettledNumbers(1, Lane.FLASH, 2),
                new SettledNumbers(1, Lane.ROUTINE, 2 + exchange.random.nextInt(1000)),
                new SettledNumbers(2, Lane.IMMEDIATE, FieldReader.LAST_NUMBER)));
    byte[] good = SettledStatement.sign(content, exchange.fr.signingKey).encoded();
    int[] fields = fields(TO_ONE, 2, 8, 1, 8, 8, 1, 8, 8, 1, 8);
    compareStatements(
        good,
        fields,
        this::addSettled,
        body -> joined(body, exchange.fr.signingKey.sign(joined(Suite.SETTLED, body))));
  }

  private void addSettled(Comparison cases, String name, byte[] bytes) {
    Optional<SettledStatement> statement = SettledStatement.parse(bytes);
    Case one =
        new Case("settled", name)
            .with("bytes", bytes)
            .with("gateway_key", exchange.fr.gateway.key().encoded());
    cases.add(one, verdict(statement.map(s -> s.isSignedBy(exchange.fr.gateway.key()))));
  }

  @Test
  void roster_damagedOrSignedAgain_isJudgedAlike() {
    byte[] before = new byte[32];
    exchange.random.nextBytes(before);
    byte[] operation = new byte[OperationId.SIZE];
    exchange.random.nextBytes(operation);
    RosterStatement.Content content =
        new RosterStatement.Content(
            new RosterStatement.Place(
                StatementFrame.toAll(
                    Samples.FEDERATION, exchange.fr.name, Samples.GW, Samples.NOW_MS),
                OperationId.of(operation),
                7,
                before),
            new RosterStatement.Terms(
                "CALM HARBOUR", false, false, Samples.NOW_MS, Samples.NOW_MS + Samples.HOUR_MS),
            List.of(
                new RosterMember(exchange.de.name, RosterRole.PARTICIPANT),
                new RosterMember(exchange.fr.name, RosterRole.LEAD)));
    byte[] good = RosterStatement.sign(content, exchange.fr.signingKey).encoded();
    int[] fields = fields(TO_ALL, 16, 8, 32, 1, 1, 12, 8, 8, 2, 1, 10, 1, 1, 10, 1);
    compareStatements(
        good,
        fields,
        this::addRoster,
        body -> joined(body, exchange.fr.signingKey.sign(joined(Suite.ROSTER, body))));
  }

  private void addRoster(Comparison cases, String name, byte[] bytes) {
    Optional<RosterStatement> statement = RosterStatement.parse(bytes);
    Case one =
        new Case("roster", name)
            .with("bytes", bytes)
            .with("gateway_key", exchange.fr.gateway.key().encoded());
    cases.add(one, verdict(statement.map(s -> s.isSignedBy(exchange.fr.gateway.key()))));
  }

  @Test
  void consentStatement_damagedOrSignedAgain_isJudgedAlike() {
    ConsentStatement.Content content =
        new ConsentStatement.Content(
            StatementFrame.to(
                Samples.FEDERATION, exchange.fr.name, Samples.GW, exchange.de.name, Samples.NOW_MS),
            MessageId.fresh(Samples.NOW_MS, exchange.random),
            new ConsentStatement.Terms(
                List.of(
                    MessageId.fresh(Samples.NOW_MS, exchange.random),
                    MessageId.fresh(Samples.NOW_MS, exchange.random)),
                List.of(new AgencyName("sg.police"), new AgencyName("us.cbp")),
                List.of("GB", "US"),
                List.of(1, 5),
                Samples.NOW_MS + Samples.HOUR_MS));
    byte[] good = ConsentStatement.sign(content, exchange.fr.signingKey).encoded();
    int[] fields = fields(TO_ONE, 16, 2, 16, 16, 2, 1, 9, 1, 6, 2, 1, 2, 1, 2, 2, 1, 1, 8);
    compareStatements(
        good,
        fields,
        this::addConsent,
        body -> joined(body, exchange.fr.signingKey.sign(joined(Suite.CONSENT, body))));
  }

  private void addConsent(Comparison cases, String name, byte[] bytes) {
    Optional<ConsentStatement> statement = ConsentStatement.parse(bytes);
    Case one =
        new Case("consent", name)
            .with("bytes", bytes)
            .with("gateway_key", exchange.fr.gateway.key().encoded());
    cases.add(one, verdict(statement.map(s -> s.isSignedBy(exchange.fr.gateway.key()))));
  }

  @Test
  void watermarks_damagedOrSignedAgain_areJudgedAlike() {
    long far = FieldReader.LAST_NUMBER;
    List<Watermark> marks =
        List.of(
            new Watermark(1, Lane.FLASH, exchange.random.nextInt(1000), List.of()),
            new Watermark(
                1,
                Lane.ROUTINE,
                40,
                List.of(new Watermark.Range(42, 42), new Watermark.Range(44, far))),
            new Watermark(2, Lane.IMMEDIATE, far, List.of()));
    WatermarkStatement.Content content =
        new WatermarkStatement.Content(
            StatementFrame.to(
                Samples.FEDERATION, exchange.fr.name, Samples.GW, exchange.de.name, Samples.NOW_MS),
            marks,
            List.of(
                NumberedHeader.ofUnknownContent(new OriginNumber(1, Lane.FLASH, 7)),
                new NumberedHeader(
                    new OriginNumber(1, Lane.ROUTINE, far),
                    exchange.sealed.envelope().header().hash())));
    WatermarkStatement good = WatermarkStatement.sign(content, exchange.fr.signingKey);
    int[] fields =
        fields(
            TO_ONE, 2, 8, 1, 8, 2, 8, 1, 8, 2, 8, 8, 8, 8, 8, 1, 8, 2, 2, 8, 1, 8, 32, 8, 1, 8, 32);
    compareStatements(
        good.encoded(),
        fields,
        this::addWatermarks,
        body -> joined(body, exchange.fr.signingKey.sign(joined(Suite.WATERMARKS, body))));
  }

  private void addWatermarks(Comparison cases, String name, byte[] bytes) {
    Case one =
        new Case("watermarks", name)
            .with("bytes", bytes)
            .with("gateway_key", exchange.fr.gateway.key().encoded());
    Optional<WatermarkStatement> parsed = WatermarkStatement.parse(bytes);
    cases.add(one, verdict(parsed.map(s -> s.isSignedBy(exchange.fr.gateway.key()))));
  }

  private static int[] fields(int[] frame, int... content) {
    return IntStream.concat(Arrays.stream(frame), Arrays.stream(content)).toArray();
  }

  private interface Adding {
    void add(Comparison cases, String name, byte[] bytes);
  }

  private interface Signing {
    byte[] over(byte[] body);
  }

  private void compareStatements(byte[] good, int[] bodyFields, Adding adding, Signing signing) {
    Comparison cases = new Comparison(SEED);
    Comparison signedAgain = new Comparison(SEED);
    adding.add(signedAgain, "as it was", good);
    byte[] body = body(good, 64);
    int[] fields = Arrays.copyOf(bodyFields, bodyFields.length + 2);
    fields[bodyFields.length] = 32;
    fields[bodyFields.length + 1] = 32;
    for (FieldDamage.Damaged damaged : damage.of(good, fields)) {
      adding.add(cases, damaged.how(), damaged.bytes());
    }
    for (FieldDamage.Damaged damaged : damage.of(body, bodyFields)) {
      adding.add(signedAgain, damaged.how(), signing.over(damaged.bytes()));
    }
    for (int round = 0; round < 200; round++) {
      adding.add(cases, "mutation " + round, mutation.of(good));
      adding.add(signedAgain, "mutation " + round, signing.over(mutation.of(body)));
    }

    cases.refusedBy(foreign, 400, MALFORMED, BAD_SIGNATURE);
    CaseTally tally = foreign.agree(signedAgain);
    assertTrue(tally.of(OK) >= 20 && tally.of(MALFORMED) >= 100, tally.toString());
  }

  @Test
  void localForms_damagedAnywhere_areRefusedByBoth() {
    SecretBytes storageKey = SecretBytes.random(exchange.random, 32);
    OpenedLabels labels =
        new Opener(n -> {})
            .openLabels(exchange.sealed.envelope(), exchange.sealed.contentKey())
            .orElseThrow();
    byte[] record =
        new LocalSeal(exchange.random)
            .seal(labels.address(1), BucketKey.of(storageKey), labels.bodyKey(1), labels.label(1))
            .orElseThrow();
    byte[] outbox =
        new OutboxSeal(exchange.random)
            .seal(exchange.sealed.envelope().header(), storageKey, exchange.sealed.contentKey());
    Comparison good = new Comparison(SEED);
    addRecord(good, "as it was", record, storageKey, labels);
    addOutbox(good, "as it was", outbox, storageKey);
    MessageLeaf leaf = LocalSeal.leaf(record).orElseThrow();
    MessageLeaf neighbour = new MessageLeaf(leaf.number() ^ 1);
    MessageLeaf elsewhere = new MessageLeaf(leaf.number() ^ Long.MIN_VALUE);
    addRecord(good, "another part forgotten", record, without(storageKey, elsewhere), labels);
    addRecord(good, "a neighbour forgotten", record, without(storageKey, neighbour), labels);
    assertEquals(4, foreign.agree(good).of(OK));
    Comparison forgotten = new Comparison(SEED);
    addRecord(forgotten, "forgotten", record, without(storageKey, leaf), labels);
    assertEquals(1, foreign.agree(forgotten).of(CANNOT_OPEN));

    Comparison cases = new Comparison(SEED);
    for (FieldDamage.Damaged damaged :
        damage.of(record, 1, 8, 12, 32, 16, record.length - 85, 16)) {
      addRecord(cases, damaged.how(), damaged.bytes(), storageKey, labels);
    }
    for (FieldDamage.Damaged damaged : damage.of(outbox, 1, 12, 32, 16)) {
      addOutbox(cases, damaged.how(), damaged.bytes(), storageKey);
    }
    for (int round = 0; round < 100; round++) {
      addRecord(cases, "mutation " + round, mutation.of(record), storageKey, labels);
      addOutbox(cases, "mutation " + round, mutation.of(outbox), storageKey);
    }

    cases.refusedBy(foreign, 200, CANNOT_OPEN);
  }

  /** A bucket's secret, and the state of its only part of which something was forgotten. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Stored(SecretBytes secret, byte[] part) {
    BucketKey key() {
      return BucketKey.of(
          secret, number -> Optional.of(part).filter(s -> s.length > 0).map(SecretBytes::copyOf));
    }
  }

  private static Stored without(SecretBytes storageKey, MessageLeaf leaf) {
    BucketKey.PuncturedState next = BucketKey.of(storageKey).without(List.of(leaf)).orElseThrow();
    return new Stored(
        Objects.requireNonNull(next.bucket()),
        Objects.requireNonNull(next.parts().get(leaf.part())).reveal());
  }

  private void addRecord(
      Comparison cases, String name, byte[] record, SecretBytes storageKey, OpenedLabels labels) {
    addRecord(cases, name, record, new Stored(storageKey, new byte[0]), labels);
  }

  private void addRecord(
      Comparison cases, String name, byte[] record, Stored stored, OpenedLabels labels) {
    EnvelopeFacts facts = exchange.sealed.envelope().header().facts();
    cases.add(
        new Case("local_record", name)
            .with("bytes", record)
            .with("storage_key", stored.secret().reveal())
            .with("part_state", stored.part())
            .with("origin", facts.origin().value())
            .with("envelope_id", facts.id().bytes())
            .with("index", 1),
        LocalSeal.open(labels.address(1), stored.key(), record).isPresent(),
        CANNOT_OPEN);
  }

  private void addOutbox(Comparison cases, String name, byte[] wrapped, SecretBytes outboxKey) {
    EnvelopeHeader header = exchange.sealed.envelope().header();
    cases.add(
        new Case("outbox_key", name)
            .with("bytes", wrapped)
            .with("outbox_key", outboxKey.reveal())
            .with("header_hash", header.hash()),
        OutboxSeal.open(header, outboxKey, wrapped).isPresent(),
        CANNOT_OPEN);
  }

  private byte[] resigned(byte[] domain, byte[] body) {
    byte[] message = Suite.message(domain, body);
    return CraftedEnvelopes.joined(
        List.of(body, exchange.fr.identity.pair().sign(message).encoded()));
  }

  private static byte[] body(byte[] signed, int signature) {
    return Arrays.copyOf(signed, signed.length - signature);
  }

  private static byte[] joined(byte[]... parts) {
    return CraftedEnvelopes.joined(List.of(parts));
  }
}
