package org.entente.loadtests.inside;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.entente.gateway.cli.CommandFailure;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.CheckedDraft;
import org.entente.gateway.policy.Decision;
import org.entente.gateway.policy.LabelCheck;
import org.entente.gateway.policy.MessageLimits;
import org.entente.gateway.policy.Policy;
import org.entente.gateway.policy.Rulebook;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Purpose;

/**
 * The sender's policy asked whether a draft may go to one recipient, in this process, by the
 * classes that a gateway asks. The rulebook holds the sample agreements and, up to the number
 * wanted, the bilateral one among them between other pairs of a customs and a police authority; the
 * node rules are the samples'. Used by one thread.
 */
public final class Deciding {
  private static final Pattern ID = Pattern.compile("(?m)^id: (.+)$");
  private static final String BILATERAL = "fr-sg-ipr.yaml";
  private static final String CUSTOMS = "fr.customs";
  private static final String POLICE = "sg.police";
  private static final int BATCH = 64;
  private static final double MICRO = TimeUnit.MICROSECONDS.toNanos(1);

  private final Policy cached;
  private final Policy uncached;
  private final CheckedDraft draft;
  private final AgencyName self;
  private final Instant now;

  /**
   * Writes and loads the agreements.
   *
   * @param config folder of the samples
   * @param folder a new one is made here for the agreements
   * @param agreements how many
   */
  public Deciding(Path config, Path folder, int agreements) {
    now = InstantSource.system().instant();
    Everybody membership = Everybody.in(config.resolve("federation-demo.yaml"));
    Path nodeRules = config.resolve("node-rules.yaml");
    try {
      write(config.resolve("agreements"), membership, folder, agreements);
      Rulebook rulebook = loaded(Rulebook.load(folder, nodeRules, membership, now));
      cached = new Policy(rulebook, membership, Policy.DEFAULT_CACHE_ENTRIES);
      uncached = new Policy(rulebook, membership, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    self = new AgencyName(CUSTOMS);
    draft = draft();
  }

  private static void write(Path samples, Everybody members, Path folder, int agreements)
      throws IOException {
    Files.createDirectories(folder);
    int written = 0;
    try (Stream<Path> all = Files.list(samples)) {
      for (Path file : all.filter(sample -> sample.toString().endsWith(".yaml")).toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
        written++;
      }
    }
    String bilateral = Files.readString(samples.resolve(BILATERAL), StandardCharsets.UTF_8);
    List<Everybody.Pair> pairs = members.pairs();
    for (Everybody.Pair pair : pairs.subList(0, agreements - written)) {
      String id = "bilateral-" + written;
      String copy =
          ID.matcher(bilateral)
              .replaceFirst("id: " + id)
              .replace("agency: " + CUSTOMS, "agency: " + pair.customs())
              .replace("agency: " + POLICE, "agency: " + pair.police());
      Files.writeString(folder.resolve(id + ".yaml"), copy, StandardCharsets.UTF_8);
      written++;
    }
  }

  private static Rulebook loaded(Rulebook.Loading loading) {
    if (loading instanceof Rulebook.Loading.Loaded it) {
      return it.rulebook();
    }
    throw new CommandFailure("the agreements cannot be loaded: " + loading);
  }

  private CheckedDraft draft() {
    Draft published =
        Draft.newBuilder()
            .setIdempotencyKey("decided")
            .setLabel(
                Label.newBuilder()
                    .setKind(Kind.KIND_ALERT)
                    .setCategory(Category.CATEGORY_EXCISE)
                    .setPurpose(Purpose.PURPOSE_CUSTOMS_CONTROL)
                    .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED))
            .setBody(
                Body.newBuilder()
                    .setDocument(
                        Document.newBuilder()
                            .setMediaType("application/octet-stream")
                            .setContent(ByteString.copyFrom(new byte[1 << 10]))))
            .setTo(Addressing.newBuilder().addAgencies("de.customs"))
            .build();
    if (new LabelCheck(MessageLimits.defaults()).draft(published, now)
        instanceof CheckedDraft checked) {
      return checked;
    }
    throw new CommandFailure("the draft to decide about is not valid");
  }

  /**
   * Microseconds of processor time a decision, asked again and again for a time.
   *
   * @param remembered whether rulings are kept, as a gateway keeps them
   * @throws CommandFailure if the policy does not permit the draft
   */
  public double micros(boolean remembered, Duration time) {
    Policy policy = remembered ? cached : uncached;
    long decisions = 0;
    long permits = 0;
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      for (int i = 0; i < BATCH; i++) {
        Decision decision = policy.egress().decide(draft, self, now);
        permits += decision.permits().size();
      }
      decisions += BATCH;
    }
    double micros = (threads.getCurrentThreadCpuTime() - start) / MICRO / decisions;
    if (permits != decisions) {
      throw new CommandFailure("the policy does not permit the draft to one recipient");
    }
    return micros;
  }
}
