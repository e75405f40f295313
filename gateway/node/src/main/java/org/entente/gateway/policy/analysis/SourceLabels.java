package org.entente.gateway.policy.analysis;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.FieldPositions;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.decide.OnwardSource;
import org.entente.gateway.policy.terms.LabelNotation;
import org.entente.proto.v1.Label;

/** Reads labels of received messages that a draft passes on from files. */
public final class SourceLabels {
  private SourceLabels() {}

  /** A file that contains only these labels. */
  record SourcesFile(@JsonProperty(required = true) List<ExpectationFile.PassedOn> passesOn) {}

  /** The result of reading. */
  public sealed interface LoadResult {
    /** The file is valid. */
    record Loaded(List<OnwardSource> sources) implements LoadResult {}

    /** The file is invalid: every problem found. */
    record Invalid(List<ConfigProblem> problems) implements LoadResult {
      public Invalid {
        problems = List.copyOf(problems);
      }
    }
  }

  /** Reads a file with {@code passes_on} as in an expectation. */
  public static LoadResult read(Path file) {
    YamlReadResult<SourcesFile> reading = new YamlFiles().read(file, SourcesFile.class);
    if (reading instanceof YamlReadResult.Unreadable<SourcesFile> unreadable) {
      return new LoadResult.Invalid(unreadable.problems());
    }
    YamlReadResult.Read<SourcesFile> read = (YamlReadResult.Read<SourcesFile>) reading;
    List<ConfigProblem> problems = new ArrayList<>();
    List<OnwardSource> sources =
        of(read.value().passesOn(), "passes_on", read.positions(), problems);
    return problems.isEmpty() ? new LoadResult.Loaded(sources) : new LoadResult.Invalid(problems);
  }

  /** The sources of a list in a file; adds its errors to the problems. */
  static List<OnwardSource> of(
      List<ExpectationFile.PassedOn> written,
      String field,
      FieldPositions positions,
      List<ConfigProblem> problems) {
    List<OnwardSource> sources = new ArrayList<>();
    for (int i = 0; i < written.size(); i++) {
      ExpectationFile.PassedOn one = written.get(i);
      LabelNotation.label(one.label(), field + "[" + i + "].label", positions, problems)
          .ifPresent(it -> sources.add(source(one.from(), it)));
    }
    return sources;
  }

  private static OnwardSource source(AgencyName from, Label label) {
    return new OnwardSource(
        MessageId.of(new byte[MessageId.SIZE]),
        LabelCheck.withDefaults(label).toBuilder().setOrigin(from.value()).build());
  }
}
