package org.entente.gateway.intake;

import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.rpc.server.DraftsRequest;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.testkit.InstanceCount;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.SettableClock;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishStreamRequest;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The forms that a draft takes from the wire to its commit, counted as instances. */
class DraftFormsTest {
  private static final NodeName CLIENT = new NodeName("declarations");
  private static final int DRAFTS = 64;

  /** Most classes that hold a draft's content, one after the other. */
  private static final int MOST_FORMS = 14;

  private final SecureRandom random = new SecureRandom();
  private final SettableClock clock = new SettableClock(PolicyFixture.NOW);
  private final Ledger ledger = QuietLedger.started(new MemoryStore(), clock);
  private final Deque<byte[]> requests = new ArrayDeque<>();
  private int number;

  @AutoClose("closeWithLedger")
  private final IntakeKit kit;

  DraftFormsTest(@TempDir Path folder) {
    Policy policy = PolicyFixture.policy(folder, Map.of("sample.yaml", PolicyFixture.sample()));
    kit =
        new IntakeKit(
            ledger,
            new RecordSeal(new MemoryStorageKeys(), random),
            () -> policy,
            clock,
            SecretBytes.random(random, 32),
            2);
  }

  /** Prepared before, since what makes it makes drafts too. */
  private void prepare() {
    while (requests.size() < InstanceCount.ATTEMPTS) {
      PublishStreamRequest.Builder request = PublishStreamRequest.newBuilder();
      for (int i = 0; i < DRAFTS; i++) {
        Draft.Builder draft = PolicyFixture.draft(PolicyFixture.label(), SG.value());
        request.addDrafts(draft.setIdempotencyKey("k" + number++));
      }
      requests.add(request.build().toByteArray());
    }
  }

  private void publish() {
    InputStream request = new ByteArrayInputStream(requests.remove());
    List<Draft> drafts =
        DraftsRequest.MARSHALLER.parse(request).entries().stream()
            .map(DraftsRequest.Entry::draft)
            .toList();
    for (CompletableFuture<Outcome> outcome : kit.intake().publish(CLIENT, drafts)) {
      assertTrue(outcome.join().hasAccepted());
    }
  }

  private InstanceCount counted() {
    prepare();
    publish();
    prepare();
    return InstanceCount.of(this::publish);
  }

  @Test
  void draft_isParsedOnce_andItsBodyIsNotMadeAgain() {
    InstanceCount count = counted();
    assertEquals(DRAFTS, count.made(Body.class));
    assertEquals(2 * DRAFTS, count.made(Draft.class), "parsed, and without body for its key");
    assertEquals(3 * DRAFTS, count.made(Label.class), "parsed, completed, and of its recipients");
  }

  @Test
  void round_makesOneHeader() {
    assertEquals(1, counted().made(EnvelopeHeader.class));
  }

  /**
   * A form is a class that is made for each draft and has a field for a draft, its label or body,
   * for both serialised, or for another form. Builders and lambdas are no forms.
   */
  @Test
  void draft_takesFewForms() {
    Set<Class<?>> made = new LinkedHashSet<>();
    for (String name : counted().madeAtLeast(DRAFTS)) {
      if (name.startsWith("org.entente.") && !name.contains("$$") && !name.endsWith("$Builder")) {
        made.add(type(name));
      }
    }
    Set<String> forms = new TreeSet<>(Set.of(SealingItem.class.getName()));
    Set<String> parts = Set.of(Draft.class.getName(), Label.class.getName(), Body.class.getName());
    int before;
    do {
      before = forms.size();
      made.stream()
          .filter(type -> holdsOneOf(type, parts) || holdsOneOf(type, forms))
          .forEach(type -> forms.add(type.getName()));
    } while (forms.size() > before);
    assertTrue(forms.contains(CheckedDraft.class.getName()), forms::toString);
    assertTrue(forms.size() <= MOST_FORMS, forms.size() + ": " + forms);
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean holdsOneOf(Class<?> type, Set<String> names) {
    return Stream.of(type.getDeclaredFields())
        .filter(field -> !Modifier.isStatic(field.getModifiers()))
        .flatMap(field -> Stream.of(field.getGenericType().getTypeName().split("[<>, ]+", -1)))
        .anyMatch(names::contains);
  }
}
