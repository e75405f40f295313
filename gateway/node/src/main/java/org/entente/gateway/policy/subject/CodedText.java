package org.entente.gateway.policy.subject;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.regex.Pattern;

/**
 * Kinds of coded text that labels and bodies carry: identifiers, codes and dates. Each has a form
 * and, if its standard defines one, a check digit. No pattern here can backtrack beyond its text's
 * bounded length.
 */
public enum CodedText {
  /** ISO 6346 freight container. */
  CONTAINER(
      "an ISO 6346 container number with its check digit, such as CSQU3054383",
      "[A-Z]{3}[UJZ][0-9]{7}"),
  /** Customs declaration (Union Customs Code, annex B). */
  MRN(
      "an MRN: two digits of the year, two letters of the country, 13 letters or digits, one digit",
      "[0-9]{2}[A-Z]{2}[A-Z0-9]{13}[0-9]"),
  /** Air waybill. */
  AIR_WAYBILL("an air waybill of 11 digits, the last being the serial number mod 7", "[0-9]{11}"),
  /** Bill of lading or other transport document. */
  BILL_OF_LADING("1 to 35 letters, digits and . / -", "[A-Za-z0-9][A-Za-z0-9./-]{0,34}"),
  /** WCO unique consignment reference. */
  UCR("1 to 35 letters, digits and . / -", "[A-Za-z0-9][A-Za-z0-9./-]{0,34}"),
  /** IMO ship identification number. */
  VESSEL("an IMO number of 7 digits with its check digit", "[0-9]{7}"),
  /** UN/LOCODE. */
  PLACE("a UN/LOCODE: two letters of the country, three letters or 2 to 9", "[A-Z]{2}[A-Z2-9]{3}"),
  /** Vehicle identification number (ISO 3779). */
  VIN("a VIN of 17 letters and digits without I, O and Q", "[A-HJ-NPR-Z0-9]{17}"),
  /** Legal entity identifier (ISO 17442). */
  LEI("an LEI of 20 letters and digits with its check digits", "[A-Z0-9]{18}[0-9]{2}"),
  /** Harmonised System code. */
  HS_CODE("2 to 10 digits of the Harmonised System", "[0-9]{2,10}"),
  /** Country (ISO 3166-1 alpha-2). */
  COUNTRY("an ISO 3166-1 alpha-2 code, such as FR", "[A-Z]{2}"),
  /** Nationality and registration marks of an aircraft (ICAO Annex 7). */
  AIRCRAFT_REGISTRATION(
      "2 to 10 capital letters, digits and single hyphens, such as F-GSPS",
      "(?=[A-Z0-9-]{2,10}$)[A-Z0-9]+(?:-[A-Z0-9]+)*"),
  /** Aircraft address of 24 bits (ICAO Annex 10, volume III). */
  ICAO_ADDRESS(
      "an ICAO address of 6 hexadecimal digits, not all zeros or ones, such as 3944EF",
      "(?!000000|FFFFFF)[0-9A-F]{6}"),
  /** International telephone number (ITU-T E.164). */
  PHONE("an E.164 number: a plus sign and 7 to 15 digits, not 0 first", "\\+[1-9][0-9]{6,14}"),
  /** International bank account number (ISO 13616). */
  IBAN(
      "an IBAN of 15 to 34 letters and digits without spaces, with its check digits",
      "[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}"),
  /** Mark of a seal. */
  SEAL("1 to 35 letters, digits and . / -", "[A-Za-z0-9][A-Za-z0-9./-]{0,34}"),
  /** Number of an authorisation or of advance cargo information (WCO SAFE). */
  SAFE_NUMBER("1 to 35 letters, digits and . / -", "[A-Za-z0-9][A-Za-z0-9./-]{0,34}"),
  /** Currency (ISO 4217). */
  CURRENCY("an ISO 4217 code of three capital letters, such as EUR", "[A-Z]{3}"),
  /** Jurisdiction (ISO 3166-1 alpha-2 or 3166-2). */
  JURISDICTION("an ISO 3166-1 or 3166-2 code, such as FR or US-CA", "[A-Z]{2}(?:-[A-Z0-9]{1,3})?"),
  /** Name of a group of jurisdictions, or a jurisdiction. */
  JURISDICTION_OR_GROUP(
      "an ISO 3166-1 code or a group's name, such as EU", "[A-Z]{2}|[A-Z][A-Z0-9-]{1,31}"),
  /** Language tag (BCP 47). */
  LANGUAGE("a BCP 47 language tag, such as en or fr-CA", "[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}"),
  /** Media type of a document. */
  MEDIA_TYPE(
      "an application/* media type without parameters, at most 100 characters",
      "application/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,86}"),
  /** Decimal amount. */
  QUANTITY(
      "a non-negative decimal number of at most 18 digits, a point and 9 digits",
      "[0-9]{1,18}(?:\\.[0-9]{1,9})?"),
  /** UN/ECE recommendation 20 unit. */
  UNIT("a UN/ECE recommendation 20 unit code, such as KGM", "[A-Z0-9]{2,3}"),
  /** A day. */
  DATE("an ISO 8601 day: YYYY-MM-DD", "[0-9]{4}-[0-9]{2}-[0-9]{2}"),
  /** Date of birth, possibly without day or month. */
  PARTIAL_DATE(
      "an ISO 8601 date: YYYY, YYYY-MM or YYYY-MM-DD", "[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?");

  private static final int LONGEST = 100;

  private final String form;
  private final Pattern pattern;

  CodedText(String form, String pattern) {
    this.form = form;
    this.pattern = Pattern.compile(pattern);
  }

  /** Whether the text has the form and its check digit is right. */
  public boolean valid(String text) {
    return text.length() <= LONGEST && pattern.matcher(text).matches() && checked(text);
  }

  /** The form in words. */
  public String form() {
    return form;
  }

  private boolean checked(String text) {
    return switch (this) {
      case CONTAINER -> CheckDigits.container(text);
      case AIR_WAYBILL -> CheckDigits.airWaybill(text);
      case VESSEL -> CheckDigits.vessel(text);
      case LEI -> CheckDigits.lei(text);
      case IBAN -> CheckDigits.iban(text);
      case DATE, PARTIAL_DATE -> isDate(text);
      default -> true;
    };
  }

  private static boolean isDate(String text) {
    try {
      if (text.length() == 7) {
        YearMonth.parse(text);
      } else if (text.length() == 10) {
        LocalDate.parse(text);
      }
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }
}
