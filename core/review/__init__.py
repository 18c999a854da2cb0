"""What a reviewer should look at next: the places of an activity where a correction is most likely."""
