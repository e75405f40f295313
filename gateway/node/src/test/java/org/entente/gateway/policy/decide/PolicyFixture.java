package org.entente.gateway.policy.decide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.DraftCheck;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.load.RulebookReader;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Purpose;

/** Rulebooks, drafts and decisions for tests of policy. */
public final class PolicyFixture {
  public static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  public static final Path CONFIG = Path.of("..", "..", "config");

  /** An agreement that permits IPR alerts between fr.customs and sg.police, line by line. */
  public static final String SAMPLE =
      """
      id: sample
      title: Sample
      law:
        instrument: TREATY
        reference: Sample treaty
        regime: ADMINISTRATIVE
        transfer_basis: SAFEGUARDS
        purpose_change: true
      between:
        direction: BOTH
        parties:
          - agency: fr.customs
          - agency: sg.police
      covers:
        kinds: [ALERT]
        categories: [IPR]
        purposes: [IPR_ENFORCEMENT]
        classification_ceiling: RESTRICTED
        handling: [H1]
        personal_data: false
      obligations:
        retention_days: 90
        onward_transfer: NONE
        max_message_bytes: 10000
        deliver_within_days: 10
      valid:
        from: 2026-01-01
        until: 2026-12-31
      """;

  private PolicyFixture() {}

  /** Read when a test first wants it. */
  private static final class Demo {
    static final Rulebook RULEBOOK =
        rulebook(
            RulebookReader.load(
                CONFIG.resolve("agreements"),
                CONFIG.resolve("node-rules.yaml"),
                CONFIG.resolve("codes"),
                DemoMembership.demo(),
                NOW));
  }

  /** The demonstration's policy, from the files in config, which are read once. */
  public static Policy demo() {
    return new Policy(Demo.RULEBOOK, DemoMembership.demo(), 100);
  }

  /** The same with one more agreement. */
  public static Policy demoAnd(Path folder, String agreement) {
    Map<String, String> files = new HashMap<>();
    files.put("more.yaml", agreement);
    files.put("node-rules.yaml", text(CONFIG.resolve("node-rules.yaml")));
    add(files, "agreements", "");
    add(files, "codes", "codes/");
    return policy(folder, files);
  }

  private static void add(Map<String, String> files, String from, String into) {
    try (Stream<Path> all = Files.list(CONFIG.resolve(from))) {
      all.filter(it -> it.toString().endsWith(".yaml"))
          .forEach(it -> files.put(into + it.getFileName(), text(it)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A policy of these files in a new folder. */
  public static Policy policy(Path folder, Map<String, String> files) {
    return policy(load(folder, files, DemoMembership.demo()));
  }

  /** A policy of the sample with a second person's release, in force until a day. */
  public static Policy fourEyes(Path folder, String until) {
    return policy(
        folder,
        Map.of(
            "a.yaml",
            sample(
                "onward_transfer: NONE",
                "onward_transfer: NONE\n  four_eyes: true",
                "2026-12-31",
                until)));
  }

  public static Policy policy(Rulebook.LoadResult loading) {
    return new Policy(rulebook(loading), DemoMembership.demo(), 100);
  }

  public static Rulebook rulebook(Rulebook.LoadResult loading) {
    if (loading instanceof Rulebook.LoadResult.Loaded loaded) {
      return loaded.rulebook();
    }
    throw new AssertionError(((Rulebook.LoadResult.Invalid) loading).problems());
  }

  /**
   * Loads these files, of which {@code node-rules.yaml} and those in {@code codes/} are no
   * agreements.
   */
  public static Rulebook.LoadResult load(
      Path folder, Map<String, String> files, Membership membership) {
    try {
      Path agreements = Files.createTempDirectory(folder, "agreements");
      Path rules = null;
      Path codes = null;
      for (Map.Entry<String, String> file : files.entrySet()) {
        boolean nodeRules = file.getKey().equals("node-rules.yaml");
        boolean list = file.getKey().startsWith("codes/");
        Path path = (nodeRules ? agreements.resolve("rules") : agreements).resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
        rules = nodeRules ? path : rules;
        codes = list ? path.getParent() : codes;
      }
      return RulebookReader.load(agreements, rules, codes, membership, NOW);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The only problem of a loading, as text from the file's name on. */
  public static String onlyProblem(Rulebook.LoadResult loading) {
    if (loading instanceof Rulebook.LoadResult.Invalid invalid && invalid.problems().size() == 1) {
      ConfigProblem problem = invalid.problems().get(0);
      return problem.toString().substring(problem.file().lastIndexOf('/') + 1);
    }
    throw new AssertionError(loading);
  }

  /** The sample with lines replaced: old, new, old, new. */
  public static String sample(String... replacements) {
    String text = SAMPLE;
    for (int i = 0; i < replacements.length; i += 2) {
      if (!text.contains(replacements[i])) {
        throw new AssertionError("not in the sample: " + replacements[i]);
      }
      text = text.replace(replacements[i], replacements[i + 1]);
    }
    return text;
  }

  /** The content of a file. */
  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A message that waits, sent by an officer and released by a second one. */
  public static PendingMessage waiting(Label label, long bodyBytes) {
    return new PendingMessage(label, bodyBytes, new RecheckInputs(true, true));
  }

  /** A label of an IPR alert. */
  public static Label.Builder label() {
    return Label.newBuilder()
        .setKind(Kind.KIND_ALERT)
        .setCategory(Category.CATEGORY_IPR)
        .setPurpose(Purpose.PURPOSE_IPR_ENFORCEMENT)
        .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED);
  }

  public static Body.Builder body() {
    return Body.newBuilder()
        .setAlert(
            Alert.newBuilder()
                .addTexts(AlertText.newBuilder().setLanguage("en").setHeadline("Headline")));
  }

  public static Draft.Builder draft(Label.Builder label, String... agencies) {
    Addressing.Builder to = Addressing.newBuilder();
    for (String agency : agencies) {
      to.addAgencies(agency);
    }
    return Draft.newBuilder().setIdempotencyKey("k").setLabel(label).setBody(body()).setTo(to);
  }

  public static CheckedDraft checked(Draft.Builder draft) {
    DraftCheck check = new LabelCheck(MessageLimits.defaults()).draft(draft.build(), NOW);
    if (check instanceof CheckedDraft checked) {
      return checked;
    }
    throw new AssertionError(((DraftCheck.InvalidDraft) check).problems());
  }

  public static CheckedDraft checked(Label.Builder label, String... agencies) {
    return checked(draft(label, agencies));
  }

  /** A random number generator whose seed a failure must print. */
  public static Random random(long seed) {
    return new Random(seed);
  }
}
