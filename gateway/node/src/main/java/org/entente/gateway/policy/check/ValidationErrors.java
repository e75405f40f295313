package org.entente.gateway.policy.check;

import com.google.protobuf.Message;
import com.google.protobuf.ProtocolMessageEnum;
import com.google.protobuf.Timestamp;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.DeskName;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.subject.CodedText;
import org.entente.gateway.text.TextRule;

/**
 * The problems found while a message is checked, at most {@value #MAX_PROBLEMS}. Used by one thread
 * for one check. Messages quote coded texts only, never free text.
 */
public final class ValidationErrors {
  static final int MAX_PROBLEMS = 20;

  /** Unknown fields that a problem names: it travels in the trailers of a call, which are small. */
  private static final int MOST_NUMBERS = 10;

  /** Entries that are compared with each other sooner than they are put into a set. */
  private static final int FEW = 4;

  private final List<Problem> problems;
  private final boolean strict;
  private final String list;
  private final int index;

  /** In strict mode, fields unknown to this version are problems too. */
  public ValidationErrors(boolean strict) {
    this(new ArrayList<>(), strict, "", -1);
  }

  private ValidationErrors(List<Problem> problems, boolean strict, String list, int index) {
    this.problems = problems;
    this.strict = strict;
    this.list = list;
    this.index = index;
  }

  /**
   * The same findings, with an entry of a list as prefix of field names. The prefix is built only
   * if something is found.
   */
  ValidationErrors entry(String field, int at) {
    return new ValidationErrors(problems, strict, named(field), at);
  }

  private String named(String field) {
    return index < 0 ? field : list + "[" + index + "]." + field;
  }

  public List<Problem> list() {
    return List.copyOf(problems);
  }

  /** The first problem; empty if there is none. */
  Optional<Problem> first() {
    return problems.stream().findFirst();
  }

  /** Whether the limit is reached, so that further checks can stop. */
  boolean full() {
    return problems.size() >= MAX_PROBLEMS;
  }

  void add(Code code, String field, String message) {
    if (!full()) {
      problems.add(new Problem(code, named(field), message));
    }
  }

  void invalid(String field, String message) {
    add(Code.INVALID_FIELD, field, message);
  }

  void check(boolean holds, String field, String message) {
    if (!holds) {
      invalid(field, message);
    }
  }

  /** The name of an agency. */
  void agency(String field, String name) {
    try {
      AgencyName unused = new AgencyName(name);
    } catch (InvalidValue e) {
      invalid(field, String.valueOf(e.getMessage()));
    }
  }

  /** The name of a desk. */
  void desk(String field, String name) {
    try {
      DeskName unused = new DeskName(name);
    } catch (InvalidValue e) {
      invalid(field, String.valueOf(e.getMessage()));
    }
  }

  /** Checks that a client left empty a field that only the gateway sets. */
  void unset(boolean unset, String field) {
    check(unset, field, "is set by the gateway; leave it empty");
  }

  /** In strict mode, refuses fields that this version would pass on unread. */
  void known(String field, Message message) {
    if (strict && !message.getUnknownFields().asMap().isEmpty()) {
      List<Integer> numbers =
          message.getUnknownFields().asMap().keySet().stream().sorted().toList();
      int named = Math.min(numbers.size(), MOST_NUMBERS);
      invalid(
          field,
          "contains fields that this gateway does not know: numbers "
              + numbers.subList(0, named)
              + (named < numbers.size() ? " and " + (numbers.size() - named) + " more" : ""));
    }
  }

  /** Whether unknown fields may come from a later version; never in strict mode. */
  boolean isOfALaterVersion(Message message) {
    return !strict && !message.getUnknownFields().asMap().isEmpty();
  }

  /** Checks an enum that must have a known value. */
  void required(String field, ProtocolMessageEnum value) {
    if (isKnown(field, value) && value.getNumber() == 0) {
      invalid(field, "is required; one of " + EnumNames.all(value.getDescriptorForType()));
    }
  }

  /** Checks an optional enum. */
  void optional(String field, ProtocolMessageEnum value) {
    isKnown(field, value);
  }

  private boolean isKnown(String field, ProtocolMessageEnum value) {
    // Generated enums have one constant, UNRECOGNIZED, that has no number.
    boolean known = !((Enum<?>) value).name().equals("UNRECOGNIZED");
    check(known, field, "has a value that this gateway does not know");
    return known;
  }

  /** Checks one line of free text. */
  void line(String field, String text, int max) {
    length(field, text, max);
    shows(field, text, TextRule.LINE);
  }

  /** Checks one line of free text that must not be blank. */
  void requiredLine(String field, String text, int max) {
    check(!text.isEmpty(), field, "is required");
    line(field, text, max);
  }

  /** Checks free text of several lines. */
  void text(String field, String text, int max) {
    length(field, text, max);
    shows(field, text, TextRule.LINES);
  }

  /** Checks the reference of a person who acts. */
  void reference(String field, String text, int max) {
    length(field, text, max);
    shows(field, text, TextRule.REFERENCE);
  }

  /** Checks a text against a rule. */
  void shows(String field, String text, TextRule rule) {
    Optional<TextRule.Fault> fault = rule.fault(text);
    if (fault.isPresent()) {
      invalid(field, fault.get().toString());
    }
  }

  private void length(String field, String text, int max) {
    // Test the cheap limit first: no text has more characters than UTF-16 units.
    if (text.length() > max && text.codePointCount(0, text.length()) > max) {
      invalid(field, "is longer than " + max + " characters");
    }
  }

  /** Checks an optional text of a known form. */
  void coded(String field, String text, CodedText kind) {
    if (!text.isEmpty()) {
      requiredCoded(field, text, kind);
    }
  }

  /** Checks a required text of a known form. */
  void requiredCoded(String field, String text, CodedText kind) {
    if (!kind.valid(text)) {
      String found = text.isEmpty() ? "nothing" : "\"" + InvalidValue.printable(text) + "\"";
      invalid(field, "found " + found + "; valid is " + kind.form());
    }
  }

  /** Checks the size of a list; false if it is too long to inspect. */
  boolean count(String field, int found, int max) {
    if (found > max) {
      invalid(field, "has " + found + " entries; at most " + max);
    }
    return found <= max;
  }

  /** Checks that a list has no repeated entry. */
  void noRepeats(String field, List<?> entries) {
    check(!repeats(entries), field, "contains an entry twice");
  }

  private static boolean repeats(List<?> entries) {
    if (entries.size() > FEW) {
      return new HashSet<>(entries).size() < entries.size();
    }
    for (int i = 1; i < entries.size(); i++) {
      for (int before = 0; before < i; before++) {
        if (entries.get(i).equals(entries.get(before))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Checks that a time lies in the range of timestamps (years 1 to 9999), and is nothing more. */
  void time(String field, Timestamp at) {
    known(field, at);
    boolean valid =
        at.getSeconds() >= -62_135_596_800L
            && at.getSeconds() <= 253_402_300_799L
            && at.getNanos() >= 0
            && at.getNanos() < 1_000_000_000;
    check(valid, field, "must be a time between the years 1 and 9999");
  }
}
