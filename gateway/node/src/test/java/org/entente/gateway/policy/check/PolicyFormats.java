package org.entente.gateway.policy.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.entente.gateway.testkit.Agencies.FR;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.cel.ExpressionCompiler;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.analysis.ExpectationSuite;
import org.entente.gateway.policy.codes.CodeFileReader;
import org.entente.gateway.policy.codes.FileLint;
import org.entente.gateway.policy.codes.LintReport;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.policy.load.AgreementLint;
import org.entente.gateway.policy.load.NodeRulesLint;
import org.entente.gateway.policy.terms.AgreementFile;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.policy.terms.NodeRule;
import org.entente.gateway.testkit.Formats;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.PersonRole;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Subject;

/** What clients publish and peers' gateways send inside an envelope, and operators' agreements. */
public final class PolicyFormats {
  private static final LabelCheck CHECK = new LabelCheck(MessageLimits.defaults());
  private static final int LENGTH_BYTES = 2;

  private PolicyFormats() {}

  /** All of them. */
  public static Formats all() {
    ExpressionCompiler expressions = new ExpressionCompiler();
    Policy demo = PolicyFixture.demo();
    return new Formats("policy")
        .with("draft", PolicyFormats::draft, PolicyFormats::drafts)
        .with("received", PolicyFormats::received, PolicyFormats::messages)
        .with("agreement", yaml -> agreement(expressions, yaml), PolicyFormats::agreements)
        .with(
            "node-rules",
            yaml -> nodeRules(expressions, yaml),
            () -> files(PolicyFixture.CONFIG.resolve("node-rules.yaml")))
        .with(
            "expectations",
            yaml -> expectations(demo, yaml),
            () -> folder(PolicyFixture.CONFIG.resolve("expectations")));
  }

  /** A client's draft: checked or refused with a bounded number of problems, each on one line. */
  private static boolean draft(byte[] bytes) {
    Draft draft;
    try {
      draft = Draft.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
    DraftCheck check = CHECK.draft(draft, PolicyFixture.NOW);
    if (check instanceof DraftCheck.InvalidDraft invalid) {
      bounded(invalid.problems());
      return false;
    }
    CheckedDraft checked = (CheckedDraft) check;
    // What the strict check of one's own client lets through passes at the recipient as well.
    Label sent =
        checked.label().toBuilder()
            .setMessageId(ByteString.copyFrom(id().bytes()))
            .setOrigin(FR.value())
            .setCreatedAt(TimestampConversion.timestamp(PolicyFixture.NOW))
            .setRetentionDays(1)
            .setAgreement("sample")
            .setExpiresAt(TimestampConversion.timestamp(PolicyFixture.NOW.plusSeconds(60)))
            .build();
    List<Problem> problems = CHECK.received(sent, checked.body());
    if (!problems.isEmpty()) {
      throw new AssertionError("a draft that its recipient refuses: " + problems);
    }
    return true;
  }

  private static MessageId id() {
    return MessageId.parse("0198c0ffee0070008000000000000001");
  }

  /** A peer's label after its length, then the body. */
  private static boolean received(byte[] bytes) {
    int length =
        bytes.length < LENGTH_BYTES ? 0 : Short.toUnsignedInt(ByteBuffer.wrap(bytes).getShort());
    if (bytes.length < LENGTH_BYTES + length) {
      return false;
    }
    Label label;
    try {
      label = Label.parseFrom(Arrays.copyOfRange(bytes, LENGTH_BYTES, LENGTH_BYTES + length));
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
    ByteString body =
        ByteString.copyFrom(bytes, LENGTH_BYTES + length, bytes.length - LENGTH_BYTES - length);
    List<Problem> problems = new ArrayList<>(ReceivedLabels.problems(label));
    bounded(problems);
    List<Problem> whole = CHECK.received(label, body);
    bounded(whole);
    return problems.isEmpty() && whole.isEmpty();
  }

  private static void bounded(List<Problem> problems) {
    if (problems.size() > ValidationErrors.MAX_PROBLEMS) {
      throw new AssertionError(problems.size() + " problems");
    }
    for (Problem problem : problems) {
      String line = problem.field() + problem.message();
      if (line.length() > 2_000 || line.codePoints().anyMatch(Character::isISOControl)) {
        throw new AssertionError("a problem that does not fit on a line of a log: " + problem);
      }
    }
  }

  private static Draft.Builder full() {
    Draft.Builder draft = PolicyFixture.draft(PolicyFixture.label(), "de.customs", "sg.police");
    draft.getToBuilder().addJurisdictions("EU");
    draft.getOnBehalfOfBuilder().setOfficer("FR-1").setUnit("unit").setJustification("a case");
    draft
        .getBodyBuilder()
        .getAlertBuilder()
        .putExtra("risk", "high")
        .addSubjects(
            Subject.newBuilder()
                .setPerson(
                    Person.newBuilder()
                        .setRole(PersonRole.PERSON_ROLE_SUSPECT)
                        .setFamilyName("B")));
    return draft;
  }

  private static List<byte[]> drafts() {
    return List.of(
        PolicyFixture.draft(PolicyFixture.label(), "de.customs").build().toByteArray(),
        full().build().toByteArray());
  }

  private static List<byte[]> messages() {
    Draft draft = full().build();
    byte[] label =
        draft.getLabel().toBuilder()
            .setLane(Lane.LANE_ROUTINE)
            .setStatus(Status.STATUS_ACTUAL)
            .setMessageType(MessageType.MESSAGE_TYPE_ALERT)
            .setRequestedAction(RequestedAction.REQUESTED_ACTION_INFORM)
            .setPersonalData(true)
            .setMessageId(ByteString.copyFrom(id().bytes()))
            .setOrigin(FR.value())
            .setCreatedAt(TimestampConversion.timestamp(PolicyFixture.NOW))
            .setRetentionDays(1)
            .setAgreement("sample")
            .setExpiresAt(TimestampConversion.timestamp(PolicyFixture.NOW.plusSeconds(60)))
            .build()
            .toByteArray();
    byte[] body = draft.getBody().toByteArray();
    return List.of(
        ByteBuffer.allocate(LENGTH_BYTES + label.length + body.length)
            .putShort((short) label.length)
            .put(label)
            .put(body)
            .array());
  }

  private static boolean agreement(ExpressionCompiler expressions, byte[] yaml) {
    YamlReadResult<AgreementFile> reading =
        new YamlFiles().parse("a.yaml", yaml, AgreementFile.class);
    if (!(reading instanceof YamlReadResult.Read<AgreementFile> read)) {
      return false;
    }
    LintReport report = new LintReport();
    return new AgreementLint(
            read.value(), new FileLint(report, read.positions()), DemoMembership.demo())
        .lint(expressions, CodeFileReader.shipped(), PolicyFixture.NOW)
        .isPresent();
  }

  private static List<byte[]> agreements() {
    List<byte[]> all = new ArrayList<>();
    all.add(PolicyFixture.SAMPLE.getBytes(UTF_8));
    all.addAll(folder(PolicyFixture.CONFIG.resolve("agreements")));
    return all;
  }

  private static List<byte[]> folder(Path place) {
    List<byte[]> all = new ArrayList<>();
    try (Stream<Path> entries = Files.list(place)) {
      entries
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .forEach(file -> all.addAll(files(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  private static boolean nodeRules(ExpressionCompiler expressions, byte[] yaml) {
    YamlReadResult<NodeRule.NodeRulesFile> reading =
        new YamlFiles().parse("r.yaml", yaml, NodeRule.NodeRulesFile.class);
    if (!(reading instanceof YamlReadResult.Read<NodeRule.NodeRulesFile> read)) {
      return false;
    }
    LintReport report = new LintReport();
    new NodeRulesLint(new FileLint(report, read.positions()), expressions, CodeFileReader.shipped())
        .lint(read.value());
    return report.problems().isEmpty();
  }

  /** What an operator's client asks a running gateway: answered one by one, whatever it says. */
  private static boolean expectations(Policy policy, byte[] yaml) {
    ExpectationSuite.LoadResult loading = ExpectationSuite.read("e.yaml", yaml, PolicyFixture.NOW);
    if (!(loading instanceof ExpectationSuite.LoadResult.Loaded loaded)) {
      return false;
    }
    ExpectationSuite expectations = loaded.expectations();
    int results = expectations.testInShort(policy).results().size();
    if (results != expectations.size() || results == 0) {
      throw new AssertionError(results + " results of " + expectations.size());
    }
    return true;
  }

  private static List<byte[]> files(Path file) {
    try {
      return List.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
