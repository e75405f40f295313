package org.entente.loadtests.scenario.action;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.bridge.format.DraftFault;

/**
 * Values that a step saves and later steps name as {@code $name}. A text can also be a time ({@code
 * $now}, {@code $now+PT24H}) or the content of a file of the scenario: {@code $file:PATH} in
 * base64, {@code $text:PATH} as it is. For one thread.
 */
public final class Variables {
  /** The form of a name. */
  public static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

  /** Stands for an id before the run: 16 bytes in base64. */
  public static final String UNKNOWN_ID = Base64.getEncoder().encodeToString(new byte[16]);

  private static final String ID = "[A-Za-z0-9+/]{22}==";
  private static final Pattern REFERENCE = Pattern.compile("\\$(" + NAME + ")");
  private static final Pattern TIME = Pattern.compile("\\$now([+-]P.+)?");
  private static final Pattern FILE = Pattern.compile("\\$(file|text):(.+)");

  private final Path folder;
  private final Map<String, Object> values = new TreeMap<>();

  Variables(Path folder) {
    this.folder = folder;
  }

  /** Saves a value of {@link PlainMessage}'s form. */
  public void save(String name, Object value) {
    values.put(name, value);
  }

  Set<String> names() {
    return values.keySet();
  }

  Optional<Object> value(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** Text in which saved ids and hashes are replaced by their names. */
  public String named(String text) {
    String named = text;
    for (Map.Entry<String, Object> it : values.entrySet()) {
      if (it.getValue() instanceof String value && value.length() >= UNKNOWN_ID.length()) {
        named = named.replace(value, "$" + it.getKey());
      }
    }
    return named;
  }

  /** Output of a command, which prints ids in hexadecimal, with the saved ones in base64. */
  public String inBase64(String printed) {
    String text = printed;
    for (Object it : values.values()) {
      if (it instanceof String value && value.matches(ID)) {
        text = text.replace(HexFormat.of().formatHex(Base64.getDecoder().decode(value)), value);
      }
    }
    return text;
  }

  /** The fields with the values in place of the names; a fault names the field. */
  public Map<String, Object> resolve(Map<?, ?> fields, String path) throws DraftFault {
    Map<String, Object> resolved = new LinkedHashMap<>();
    for (Map.Entry<?, ?> it : fields.entrySet()) {
      String key = String.valueOf(it.getKey());
      resolved.put(
          it.getKey() instanceof String text && text.startsWith("$")
              ? String.valueOf(text(text, path))
              : key,
          resolve(it.getValue(), path.isEmpty() ? key : path + "." + key));
    }
    return resolved;
  }

  /** A value with the values in place of the names; a fault names the field. */
  public Object resolve(Object value, String path) throws DraftFault {
    if (value instanceof Map<?, ?> fields) {
      return resolve(fields, path);
    }
    if (value instanceof List<?> list) {
      List<Object> resolved = new ArrayList<>();
      for (Object element : list) {
        resolved.add(resolve(element, path + "[" + resolved.size() + "]"));
      }
      return resolved;
    }
    return value instanceof String text ? text(text, path) : value;
  }

  private Object text(String text, String path) throws DraftFault {
    Matcher time = TIME.matcher(text);
    Matcher file = FILE.matcher(text);
    Matcher reference = REFERENCE.matcher(text);
    try {
      if (time.matches()) {
        Duration after = time.group(1) == null ? Duration.ZERO : Duration.parse(time.group(1));
        return Instant.now().plus(after).truncatedTo(ChronoUnit.MILLIS).toString();
      }
      if (file.matches()) {
        byte[] content = Files.readAllBytes(folder.resolve(file.group(2)));
        return file.group(1).equals("file")
            ? Base64.getEncoder().encodeToString(content)
            : Files.readString(folder.resolve(file.group(2)));
      }
    } catch (DateTimeException e) {
      throw new DraftFault(path, "\"" + text + "\" is no time; valid: such as $now+PT24H");
    } catch (IOException e) {
      throw new DraftFault(path, "there is no file " + folder.resolve(file.group(2)));
    }
    if (!reference.matches()) {
      return text;
    }
    Object value = values.get(reference.group(1));
    if (value == null) {
      throw new DraftFault(
          path, "no step before this one names " + text + "; valid: one of " + values.keySet());
    }
    return value;
  }
}
