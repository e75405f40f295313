package org.entente.gateway.cli.call;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.model.NameSuggestion;
import org.jspecify.annotations.Nullable;

/**
 * The contexts of a user: named gateways with the credentials for them. They are in a file of the
 * user, by default {@code ~/.config/entente/contexts.yaml}, which holds no secret. Not for several
 * threads; two commands that change the file at once leave what one of them wrote.
 */
public final class Contexts {
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

  private final Path file;
  private final Content content;

  /**
   * A named gateway.
   *
   * @param gateway its client address, host and port, or several with commas between them
   * @param credentials folder of the client's credentials
   */
  public record Context(
      @JsonProperty(required = true) String gateway,
      @JsonProperty(required = true) Path credentials) {}

  /** The file: the contexts by name, and the one in use. */
  private record Content(@Nullable String current, @Nullable Map<String, Context> contexts) {
    SortedMap<String, Context> named() {
      return contexts == null ? new TreeMap<>() : new TreeMap<>(contexts);
    }
  }

  private Contexts(Path file, Content content) {
    this.file = file;
    this.content = content;
  }

  /**
   * The contexts of the user of this process.
   *
   * @throws CommandFailure if the file cannot be read
   */
  public static Contexts ofUser() {
    return read(file(System.getenv(), Path.of(System.getProperty("user.home", "."))));
  }

  /** The place of the file. */
  static Path file(Map<String, String> environment, Path home) {
    String named = environment.getOrDefault("ENTENTE_CONTEXTS", "");
    if (!named.isEmpty()) {
      return Path.of(named);
    }
    String settings = environment.getOrDefault("XDG_CONFIG_HOME", "");
    return (settings.isEmpty() ? home.resolve(".config") : Path.of(settings))
        .resolve("entente")
        .resolve("contexts.yaml");
  }

  static Contexts read(Path file) {
    if (!Files.exists(file)) {
      return new Contexts(file, new Content(null, null));
    }
    YamlReadResult<Content> read = new YamlFiles().read(file, Content.class);
    if (read instanceof YamlReadResult.Read<Content> good) {
      return new Contexts(file, good.value());
    }
    List<ConfigProblem> problems = ((YamlReadResult.Unreadable<Content>) read).problems();
    throw new CommandFailure(
        problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
  }

  /** All contexts by name. */
  public SortedMap<String, Context> all() {
    return content.named();
  }

  /** The name of the context in use; null if there is none. */
  public @Nullable String current() {
    return content.current();
  }

  /**
   * The context with a name.
   *
   * @param from what named it, for an error
   */
  public Context get(String name, String from) {
    Context found = content.named().get(name);
    if (found == null) {
      throw new UsageError(
          "%s: there is no context \"%s\"; %s"
              .formatted(from, name, NameSuggestion.of(name, content.named().keySet())));
    }
    return found;
  }

  /** Adds or replaces a context; the first one is in use at once. */
  public void put(String name, Context context) {
    if (!name.matches(NAME)) {
      throw new UsageError(
          "NAME: \"" + name + "\"; valid: letters, digits, dot, hyphen and underscore, at most 64");
    }
    SortedMap<String, Context> changed = content.named();
    changed.put(name, context);
    write(new Content(content.current() == null ? name : content.current(), changed));
  }

  /** Makes a context the one in use. */
  public void use(String name) {
    get(name, "NAME");
    write(new Content(name, content.named()));
  }

  /** Removes a context. */
  public void remove(String name) {
    get(name, "NAME");
    SortedMap<String, Context> changed = content.named();
    changed.remove(name);
    write(new Content(name.equals(content.current()) ? null : content.current(), changed));
  }

  private void write(Content changed) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        PrivateFiles.folder(folder);
      }
      PrivateFiles.replace(file, YamlFiles.print(changed).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new CommandFailure(file + ": " + FileErrorText.words(e), e);
    }
  }
}
