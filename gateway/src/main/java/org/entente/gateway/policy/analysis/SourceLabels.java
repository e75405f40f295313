package org.entente.gateway.policy.analysis;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.Positions;
import org.entente.gateway.config.Reading;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.decide.Source;
import org.entente.gateway.policy.terms.LabelWords;
import org.entente.proto.v1.Label;

/** Labels of received messages that a draft passes on, as people write them in files. */
public final class SourceLabels {
  private SourceLabels() {}

  /** A file that says nothing else. */
  record SourcesFile(@JsonProperty(required = true) List<ExpectationFile.PassedOn> passesOn) {}

  /** What reading comes to. */
  public sealed interface Loading {
    /** The file is good. */
    record Loaded(List<Source> sources) implements Loading {}

    /** It is not: every problem that was found. */
    record Invalid(List<ConfigProblem> problems) implements Loading {
      public Invalid {
        problems = List.copyOf(problems);
      }
    }
  }

  /** Reads a file with {@code passes_on} as an expectation has it. */
  public static Loading read(Path file) {
    Reading<SourcesFile> reading = new YamlFiles().read(file, SourcesFile.class);
    if (reading instanceof Reading.Unreadable<SourcesFile> unreadable) {
      return new Loading.Invalid(unreadable.problems());
    }
    Reading.Read<SourcesFile> read = (Reading.Read<SourcesFile>) reading;
    List<ConfigProblem> problems = new ArrayList<>();
    List<Source> sources = of(read.value().passesOn(), "passes_on", read.positions(), problems);
    return problems.isEmpty() ? new Loading.Loaded(sources) : new Loading.Invalid(problems);
  }

  /** Those of a list in a file; adds what is wrong with it to the problems. */
  static List<Source> of(
      List<ExpectationFile.PassedOn> written,
      String field,
      Positions positions,
      List<ConfigProblem> problems) {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < written.size(); i++) {
      ExpectationFile.PassedOn one = written.get(i);
      LabelWords.label(one.label(), field + "[" + i + "].label", positions, problems)
          .ifPresent(it -> sources.add(source(one.from(), it)));
    }
    return sources;
  }

  private static Source source(AgencyName from, Label label) {
    return new Source(
        MessageId.of(new byte[MessageId.SIZE]),
        LabelCheck.withDefaults(label).toBuilder().setOrigin(from.value()).build());
  }
}
