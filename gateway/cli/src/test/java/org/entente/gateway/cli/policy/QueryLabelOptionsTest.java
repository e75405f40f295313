package org.entente.gateway.cli.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.entente.gateway.cli.call.SendOptions;
import org.entente.gateway.cli.call.ValueConverters;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.policy.terms.LabelNotation;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Status;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** What can be asked about is what can be sent. */
class QueryLabelOptionsTest {
  private static final String ID = "00112233445566778899aabbccddeeff";

  /** One for each field that clients set. */
  private static final List<String> ALL =
      List.of(
          "--kind=INTELLIGENCE",
          "--category=WILDLIFE",
          "--purpose=crime_prevention",
          "--classification=RESTRICTED",
          "--classification-scheme=FR",
          "--classification-marking=DIFFUSION RESTREINTE",
          "--classification-review=DECLASSIFY",
          "--classification-review-on=2031-12-31",
          "--handling=H0",
          "--handling=H3",
          "--handling-text=Call first",
          "--marking=TLP:AMBER",
          "--severity=SEVERE",
          "--urgency=IMMEDIATE",
          "--certainty=OBSERVED",
          "--status=TEST",
          "--type=UPDATE",
          "--updates=" + ID,
          "--personal-data",
          "--legal-basis=Act, section 3",
          "--case=K-1",
          "--source-ref=S-1",
          "--in-reply-to=" + ID,
          "--requested-action=DETAIN",
          "--source-evaluation=4x4:A1",
          "--statement=FACT",
          "--agreement=sample",
          "--jurisdiction=FR",
          "--jurisdiction=US-CA",
          "--lane=FLASH",
          "--precedence=OVERRIDE",
          "--expires-at=2030-01-01T00:00:00Z");

  @Command(name = "asked")
  static final class OptionHolder {
    @Mixin private QueryLabelOptions label = new QueryLabelOptions();

    @Mixin private SendOptions options = new SendOptions();
  }

  private static Label label(List<String> words) {
    OptionHolder asked = new OptionHolder();
    ValueConverters.register(new CommandLine(asked)).parseArgs(words.toArray(String[]::new));
    return asked
        .options
        .applied(Draft.newBuilder().setLabel(asked.label.said()).build())
        .getLabel();
  }

  /** A field that is added to the proto and that clients set fails this until it can be asked. */
  @Test
  void options_sayEveryFieldThatClientsSet() {
    Set<String> settable = new TreeSet<>(LabelNotation.names());
    settable.remove("redacted");
    settable.add("expires_at");
    Label label = label(ALL);
    Set<String> said =
        label.getAllFields().keySet().stream()
            .map(FieldDescriptor::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(settable, said);
    assertEquals(List.of("FR", "US-CA"), label.getJurisdictionsList());
    assertEquals(1893456000L, label.getExpiresAt().getSeconds());
    assertEquals(2, label.getHandlingCount());
  }

  @Test
  void nothingSaid_isNothing_andAWholeLabelAsksForWhatItNeeds() {
    assertEquals(Label.getDefaultInstance(), label(List.of()));
    QueryLabelOptions none = new QueryLabelOptions();
    assertTrue(message(none).startsWith("--category: is required, unless --alerts"), message(none));
    OptionHolder half = new OptionHolder();
    ValueConverters.register(new CommandLine(half)).parseArgs("--category=IPR");
    assertTrue(
        message(half.label).startsWith("--purpose: is required, unless --alerts"),
        message(half.label));
    OptionHolder asked = new OptionHolder();
    ValueConverters.register(new CommandLine(asked))
        .parseArgs("--category=IPR", "--purpose=IPR_ENFORCEMENT", "--exercise");
    assertEquals(Kind.KIND_ALERT, asked.label.whole().getKind());
    assertEquals(Status.STATUS_EXERCISE, asked.label.whole().getStatus());
  }

  private static String message(QueryLabelOptions label) {
    return String.valueOf(assertThrows(UsageError.class, label::whole).getMessage());
  }

  @Test
  void wrongWords_areNamedWithWhatWouldBeValid() {
    for (String[] wrong :
        new String[][] {
          {
            "--urgency=SOON",
            "Invalid value for option '--urgency': 'SOON' is none of UNKNOWN, PAST"
          },
          {
            "--classification-review=NEVER",
            "Invalid value for option '--classification-review': 'NEVER' is none of REVIEW"
          },
          {
            "--expires-at=tomorrow",
            "Invalid value for option '--expires-at': 'tomorrow' is no time"
          },
          {"--in-reply-to=12", "Invalid value for option '--in-reply-to': "}
        }) {
      List<String> words = new ArrayList<>(List.of(wrong[0]));
      String said =
          String.valueOf(assertThrows(ParameterException.class, () -> label(words)).getMessage());
      assertTrue(said.startsWith(wrong[1]), said);
    }
    assertTrue(
        String.valueOf(
                assertThrows(
                        UsageError.class, () -> label(List.of("--exercise", "--status=ACTUAL")))
                    .getMessage())
            .startsWith("--exercise: contradicts --status"));
  }
}
